package handouts

import (
	"fmt"
	"go/token"
	"go/types"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// naming knows what may be named.
type naming struct {
	*index
	words *List
}

// small are names that stand for any: S0, C1, i, n, and the like.
var small = regexp.MustCompile(`^([A-Za-z]|[A-Za-z][0-9]+|[a-z]{2}|_)$`)

// word tells whether a word is known. It may be in the plural.
func (n naming) word(word string) bool {
	return n.names[word] || types.Universe.Lookup(word) != nil || token.IsKeyword(word) || small.MatchString(word) || n.words.has(word) ||
		strings.HasSuffix(word, "s") && n.names[word[:len(word)-1]]
}

var (
	isFlag     = regexp.MustCompile(`^--?[a-zA-Z]`)
	isVariable = regexp.MustCompile(`^\$?([A-Z]+_[A-Z0-9_]+|GO[A-Z]{2,}|[A-Z]{3,})(=.*)?$`)
	isCommand  = regexp.MustCompile(`^(\$ )?(go|gofmt|git|\./grade\.sh|\.ci/run) [^=]`)
	isPath     = regexp.MustCompile(`^[\w.*$-]*/[\w./*$=-]*$|^[\w-]+\.(go|md|sh|html|svg|json|jsonl|txt|txtar|zip|csv|xml|yml|mod|sum)$|^\.[a-z]+$`)
	isText     = regexp.MustCompile(`[A-Za-z]{2,}`)
)

// span says what is wrong with what stands between two backticks.
func (n naming) span(text string) []string {
	text = strings.TrimSpace(text)
	switch {
	case n.words.has(text) || !isText.MatchString(text):
		return nil
	case isCommand.MatchString(text):
		return n.command(text)
	case isFlag.MatchString(text):
		return n.command(text)
	case n.word(text):
		return nil
	case isVariable.MatchString(text):
		name := isVariable.FindStringSubmatch(text)[1]
		if !regexp.MustCompile(`\b` + name + `\b`).MatchString(n.env) {
			return []string{"nothing reads a variable " + name}
		}
		return nil
	case isPath.MatchString(text):
		return n.path(text)
	}
	if places, _ := placesOf(text, n.files); len(places) > 0 {
		return nil // a file without an ending
	}
	wrong := n.goCode(text, true)
	if wrong == nil || len(text) > 3 && strings.ContainsAny(text, " :,.()->") && n.prints(text) {
		return nil
	}
	return wrong
}

// prints tells whether the code can print a text, as words of their own.
func (n naming) prints(text string) bool {
	edge := func(at int) bool {
		return at < 0 || at >= len(n.said) || !unicode.IsLetter(rune(n.said[at])) && !unicode.IsDigit(rune(n.said[at]))
	}
	for from := 0; ; {
		at := strings.Index(n.said[from:], text)
		if at < 0 {
			return false
		}
		if from += at; edge(from-1) && edge(from+len(text)) {
			return true
		}
		from++
	}
}

// command checks the flags of a line of the shell, and what -run matches.
func (n naming) command(text string) (wrong []string) {
	for _, words := range simple(text) {
		ours := isFlag.MatchString(words[0]) || strings.HasSuffix(words[0], "grade.sh") ||
			len(words) > 1 && words[0] == "go" && slices.Contains([]string{"test", "build", "run", "vet"}, words[1])
		flags := n.flagsOf(words)
		for i, word := range words {
			name, value, given := strings.Cut(word, "=")
			if name == "-run" && !given && i+1 < len(words) {
				value = words[i+1]
			}
			switch {
			case !ours || !isFlag.MatchString(word):
			case !flags[name] && !n.words.has(name):
				wrong = append(wrong, fmt.Sprintf("there is no flag %s%s", name, orNearest(name, flags)))
			case name == "-run":
				wrong = append(wrong, n.pattern(value)...)
			case name == "--case" || name == "--stage":
				wrong = append(wrong, n.chosen(words, i)...)
			}
		}
	}
	return wrong
}

// chosen checks what follows the grader's --case and --stage.
func (n naming) chosen(words []string, i int) (wrong []string) {
	_, value, given := strings.Cut(words[i], "=")
	if !given && i+1 < len(words) {
		value = words[i+1]
	}
	for word := range strings.SplitSeq(value, ",") {
		if word != "" && !n.names[word] && !placeholder.MatchString(word) {
			wrong = append(wrong, fmt.Sprintf("%s %s chooses nothing%s", words[i], word, orNearest(word, n.names)))
		}
	}
	return wrong
}

// pattern checks that each way that a pattern of -run leaves matches a case.
func (n naming) pattern(pattern string) (wrong []string) {
	for _, way := range strings.Split(pattern, "|") {
		if strings.ContainsAny(way, "()[]") || strings.Trim(way, "A-Z") == "" {
			continue
		}
		if !n.matches(way) {
			wrong = append(wrong, fmt.Sprintf("-run %s matches no case%s", way, orNearest(way, n.cases)))
		}
	}
	return wrong
}

// matches tells whether a pattern without alternatives matches a test or a case.
func (n naming) matches(pattern string) bool {
	parts := strings.Split(pattern, "/")
	parts = parts[:min(2, len(parts))] // the third is the seed
	for full := range n.cases {
		of := strings.Split(full, "/")
		good := strings.HasPrefix(of[0], "Test")
		for i, part := range parts {
			re, err := regexp.Compile(part)
			good = good && err == nil && re.MatchString(of[i])
		}
		if good {
			return true
		}
	}
	return false
}

var placeholder = regexp.MustCompile(`^[A-Z]{2,}$|STAGE|CASE|NAME|seedN`)

// path says what is wrong with a path: of a file, of a package, of a case.
func (n naming) path(text string) []string {
	name := strings.TrimSuffix(strings.TrimPrefix(text, "./"), "/")
	for part := range strings.SplitSeq(name, "/") {
		if placeholder.MatchString(part) || strings.HasPrefix(part, "$") {
			return nil
		}
	}
	switch {
	case name == "..." || n.files[name] || n.files[strings.TrimSuffix(name, "/...")] || n.imports[name] || n.cases[name]:
		return nil
	case strings.HasPrefix(name, "/"):
		if strings.Contains(n.said, path.Base(name)) {
			return nil
		}
		return []string{"no file of the framework, and nothing that it prints"}
	case strings.Contains(name, "*"):
		for file := range n.files {
			if ok, _ := path.Match(name, file); ok { // a pattern that is none matches nothing
				return nil
			}
		}
	case !strings.Contains(name, "/"):
		return n.bare(name)
	}
	known := true
	for part := range strings.SplitSeq(name, "/") {
		known = known && n.word(part)
	}
	if known {
		return nil
	}
	if strings.Contains(name, ".") || strings.ToLower(name) == name {
		return []string{"there is no such file" + orNearest(name, n.files)}
	}
	return []string{"there is no such case or file" + orNearest(name, n.cases)}
}

// bare says what is wrong with a file that is named without its folder.
func (n naming) bare(name string) []string {
	if n.files[name] {
		return nil
	}
	places, bases := placesOf(name, n.first)
	if len(places) == 0 {
		places, bases = placesOf(name, n.files)
	}
	switch len(places) {
	case 0:
		return []string{"there is no such file" + orNearest(name, bases)}
	case 1:
		return nil
	}
	return []string{"which one? " + strings.Join(places, ", ")}
}

// placesOf are the files of a name, and the names of all.
func placesOf(name string, files map[string]bool) (places []string, bases map[string]bool) {
	bases = map[string]bool{}
	for file := range files {
		if bases[path.Base(file)] = true; path.Base(file) == name {
			places = append(places, file)
		}
	}
	slices.Sort(places)
	return places, bases
}
