package handouts

import (
	"os/exec"
	"strings"
)

// command is a command of a block, with what the text says that it prints.
type command struct {
	text string
	line int
	said []string // of a console block
}

// commandsOf are the commands of a block. A command goes on on the next line where
// the shell says that it is not complete.
func commandsOf(f Fence) (all []command) {
	console := f.Language == "console"
	open := ""
	for i, line := range f.Lines {
		prompt := strings.HasPrefix(line, "$ ")
		switch {
		case open != "":
			last := &all[len(all)-1]
			last.text += "\n" + strings.TrimPrefix(line, "> ")
			open = last.text
		case console && !prompt && len(all) > 0:
			last := &all[len(all)-1]
			last.said = append(last.said, line)
			continue
		case strings.TrimSpace(line) == "" || strings.HasPrefix(strings.TrimSpace(line), "#") || console && !prompt:
			continue
		default:
			open = strings.TrimPrefix(line, "$ ")
			all = append(all, command{text: open, line: f.Line + i})
		}
		if !strings.HasSuffix(open, `\`) && exec.Command("bash", "-n", "-c", open).Run() == nil {
			open = ""
		}
	}
	return all
}

// simple splits a line of the shell into simple commands, each a list of words.
// It knows quotes and comments, and what stands between commands.
func simple(line string) (all [][]string) {
	var words []string
	var word strings.Builder
	quote, inWord := rune(0), false
	endWord := func() {
		if inWord {
			words = append(words, word.String())
		}
		word.Reset()
		inWord = false
	}
	endCommand := func() {
		if endWord(); len(words) > 0 {
			all = append(all, words)
		}
		words = nil
	}
	for _, c := range strings.TrimPrefix(line, "$ ") {
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			quote, inWord = c, true
		case quote == 0 && c == '#' && !inWord:
			endCommand()
			return all
		case quote == 0 && strings.ContainsRune("|;&\n()", c):
			endCommand()
		case quote == 0 && (c == ' ' || c == '\t' || c == '\\'):
			endWord()
		default:
			word.WriteRune(c)
			inWord = true
		}
	}
	endCommand()
	return all
}
