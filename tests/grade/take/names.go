package take

import (
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The student's packages, by the names of their folders.
var packages = []string{"raft", "kvraft"}

// spelled is the student's package that a folder's name means, in whatever case
// it is written, or "".
func spelled(folder string) string {
	if i := slices.IndexFunc(packages, func(p string) bool { return strings.EqualFold(p, folder) }); i >= 0 {
		return packages[i]
	}
	return ""
}

// isSource tells whether the go command would build a file as part of a package, by its name.
func isSource(name string) bool {
	base := path.Base(name)
	return strings.HasSuffix(base, ".go") && !strings.HasSuffix(base, "_test.go") && !isHidden(base)
}

// isHidden tells whether the go command passes a file over.
func isHidden(base string) bool { return strings.HasPrefix(base, "_") || strings.HasPrefix(base, ".") }

// unvisitedFolders are never looked into, wherever they are.
var unvisitedFolders = []string{".git", "vendor", "node_modules", "__MACOSX"}

// unvisitedIn is the path of the unvisited folder that a name is or is in, or "".
func unvisitedIn(name string) string {
	end := 0
	for part := range strings.SplitSeq(name, "/") {
		end += len(part)
		if slices.Contains(unvisitedFolders, part) {
			return name[:end]
		}
		end++ // the slash
	}
	return ""
}

// macFiles stands for all files that macOS puts beside others.
const macFiles = "._* and .DS_Store"

// leftOut is the folder that a name counts for where it counts for nothing else, not even as a sign
// of where the student's files are; or "".
func leftOut(name string) string {
	if folder := unvisitedIn(name); folder != "" {
		return folder + "/"
	}
	if base := path.Base(name); strings.HasPrefix(base, "._") || base == ".DS_Store" {
		return macFiles
	}
	return ""
}

// cleanName is the path of an entry of an archive, or a refusal of a path that
// would lead out of the archive on some system.
func cleanName(raw string) (string, error) {
	refuse := func(what, why string) (string, error) {
		return "", &Refusal{
			What:   what,
			Where:  shown(raw),
			Why:    why,
			Remedy: "Pack the folders raft/ and kvraft/ anew from the folder that they are in, with zip -r or tar -czf.",
		}
	}
	const leadsOut = "It would lead out of the submission."
	switch {
	case len(raw) > maxName:
		return refuse("a path too long", "No system takes a path of that length.")
	case strings.Contains(raw, "\x00"):
		return refuse("a path with a zero byte", "No system takes such a name.")
	case len(raw) >= 2 && raw[1] == ':' && unicode.IsLetter(rune(raw[0])):
		return refuse("a path with a drive letter", leadsOut)
	case strings.Contains(raw, `\`):
		return refuse("a path with a backslash", "Some systems read it as a folder and some as part of a name.")
	case strings.HasPrefix(raw, "/"):
		return refuse("an absolute path", leadsOut)
	case slices.Contains(strings.Split(raw, "/"), ".."):
		return refuse(`a path with ".."`, leadsOut)
	}
	return path.Clean(raw), nil
}

// checkBase refuses the name of a file to take where it is no file's name on
// every system, or could be taken for more than a name in a message.
func checkBase(name string) error {
	base := path.Base(name)
	odd := strings.IndexFunc(base, func(r rune) bool {
		return !unicode.IsPrint(r) || r == utf8.RuneError || strings.ContainsRune(`<>:"|?*\`, r)
	})
	if odd < 0 {
		return nil
	}
	return &Refusal{
		What:   "an odd file name",
		Where:  shown(name),
		Why:    "It has a character that not every system allows in the name of a file.",
		Remedy: "Name the file with letters, digits and _ only.",
	}
}
