package rehearsal

import (
	"embed"
	"fmt"
	"maps"
	"path"
	"strings"

	"golang.org/x/tools/txtar"
)

//go:embed attacks
var attackFiles embed.FS

// attacks are the files of the folder of that name.
func attacks(r reference) (class []Submission, err error) {
	entries, err := attackFiles.ReadDir("attacks")
	if err != nil {
		return nil, fmt.Errorf("reading the attacks: %w", err)
	}
	for _, e := range entries {
		text, err := attackFiles.ReadFile("attacks/" + e.Name())
		if err != nil {
			return nil, fmt.Errorf("reading the attacks: %w", err)
		}
		s, err := attack(r, strings.TrimSuffix(e.Name(), ".txtar"), txtar.Parse(text))
		if err != nil {
			return nil, fmt.Errorf("attacks/%s: %w", e.Name(), err)
		}
		class = append(class, s)
	}
	return class, nil
}

// begin is the reference's Make, where an attack's call goes.
const begin = "\treturn MakeWith(Options{})(peers, me, persister, applyCh)\n"

// attack reads one.
func attack(r reference, name string, archive *txtar.Archive) (Submission, error) {
	doc, fields, _ := strings.Cut(strings.TrimSpace(string(archive.Comment)), "\n\n")
	s := Submission{Name: "attack-" + name, Kind: Attack, Doc: strings.Join(strings.Fields(doc), " ")}
	all := maps.Clone(r.files)
	for line := range strings.Lines(fields) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "says":
			s.Says = value
		case "loses":
			s.Loses = value
		case "over":
			if value != "skeleton" {
				return s, fmt.Errorf("over: %s: there is nothing but the skeleton to be named", value)
			}
			all = maps.Clone(r.skeleton)
		case "call":
			text := all["raft/raft.go"]
			if strings.Count(text, begin) != 1 {
				return s, fmt.Errorf("the reference's Make is not the line that an attack goes before")
			}
			all["raft/raft.go"] = strings.Replace(text, begin, "\t"+value+"\n"+begin, 1)
		default:
			return s, fmt.Errorf("there is no field %q: they are says, loses, over and call", key)
		}
	}
	if s.Says == "" || !strings.HasSuffix(s.Doc, ".") {
		return s, fmt.Errorf("it is to begin with a sentence that says what it is, and to have a field says")
	}
	for _, f := range archive.Files {
		if path.Ext(f.Name) != ".go" {
			return s, fmt.Errorf("%s is no Go file", f.Name)
		}
		all[f.Name] = string(f.Data)
	}
	s.pack = folder(all)
	return s, nil
}
