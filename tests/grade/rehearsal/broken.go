package rehearsal

import (
	"archive/tar"
	"strings"
)

// broken are submissions that cannot be graded as they are.
func broken(r reference) []Submission {
	raft := func(text string) files { return r.files.with("raft/more.go", text) }
	return []Submission{
		{Name: "broken-empty", Doc: "An empty folder.", Says: "no Go file", pack: folder(nil)},
		{Name: "broken-empty-zip", Doc: "An empty archive.", Says: "no Go file", pack: zipped("", nil)},
		{Name: "broken-text", Doc: "A file that is no archive.", Says: "damaged", pack: raw(".zip", "here is my solution\n")},
		{Name: "broken-half", Doc: "An archive that was cut off.", Says: "damaged", pack: raw(".tar.gz", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x00\x00")},
		{Name: "broken-syntax", Doc: "A file that is no Go.", Says: "raft/more.go:4: syntax error", pack: folder(raft("package raft\n\nfunc (\n"))},
		{Name: "broken-package", Doc: "A file of another package.", Says: "it is of package main", pack: folder(raft("package main\n"))},
		{Name: "broken-types", Doc: "A file that does not compile.", Says: "raft/more.go:3:16: cannot use", pack: folder(raft("package raft\n\nvar typo int = \"text\"\n"))},
		{Name: "broken-no-make", Doc: "A Raft without Make.", Says: "undefined: Make", pack: folder(files{"raft/raft.go": "package raft\n\ntype Raft struct{}\n"})},
		{Name: "broken-latin-1", Doc: "A file that is not UTF-8.", Says: "UTF-8", pack: zipped("", raft("package raft\n\n// caf\xe9\n"))},
		{Name: "broken-imports-subfolder", Doc: "A package of its own below raft/.", Says: "move the files of that folder",
			pack: folder(raft("package raft\n\nimport _ \"raftlabs/raft/store\"\n").with("raft/store/store.go", "package store\n"))},
		{Name: "broken-two-copies", Doc: "Two copies of raft.go.", Says: "in two places",
			pack: zipped("", r.files.with("old/raft/raft.go", r.files["raft/raft.go"]))},
		{Name: "broken-slip", Doc: "An archive with a name that leads out of it.", Says: "../", pack: zipped("", r.files.with("../../raft/evil.go", "package raft\n"))},
		{Name: "broken-absolute", Doc: "An archive with an absolute path.", Says: "/etc/", pack: tarred("", r.files.with("/etc/raftlabs.go", "package raft\n"))},
		{Name: "broken-link", Doc: "A folder in which a file is a link out of it.", Says: "link", pack: linked(r.files, "raft/secrets.go", "/etc/passwd")},
		{Name: "broken-linked", Doc: "An archive with a link.", Says: "link",
			pack: tarred("", r.files, tar.Header{Typeflag: tar.TypeSymlink, Name: "raft/secrets.go", Linkname: "/etc/passwd"})},
		{Name: "broken-device", Doc: "An archive with a device.", Says: "Devices",
			pack: tarred("", r.files, tar.Header{Typeflag: tar.TypeChar, Name: "raft/zero.go", Devmajor: 1, Devminor: 5})},
		{Name: "broken-bomb", Doc: "An archive of some kilobytes that unpacks to 60 MiB.", Says: "more than 50 MiB", pack: zipBomb(r.files, 60<<20)},
		{Name: "broken-crowd", Doc: "An archive with 2,500 files.", Says: "more than 2,000 files", pack: zipped("", crowd(r.files, 2500))},
	}
}

// crowd is files together with many that are empty.
func crowd(f files, n int) files {
	all := f.each(func(text string) string { return text })
	for i := range n {
		all["notes/"+strings.Repeat("x", i/26+1)+string(rune('a'+i%26))] = ""
	}
	return all
}
