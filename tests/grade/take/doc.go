// Package take takes the student's sources out of what was handed in. It is the first step of a
// grade, and what it takes is laid over a fresh copy of the framework.
//
//	s, err := take.Read("submissions/alice.tar.gz")
//	var no *take.Refusal
//	switch {
//	case errors.As(err, &no): // alice's to put right: show her no.Error()
//	case err != nil:          // the grader could not read the file at all
//	default:                  // s.Files["raft/raft.go"], s.Digest, s.Ignored
//	}
//
// # What is taken
//
// The Go files right in raft/ and right in kvraft/, without the tests. One of the two folders is
// enough: which files stand in for those that are missing is for the next step to decide.
// Everything else is left out and named in [Submission.Ignored], summed up by folder: tests,
// go.mod and the framework (its own are used), subfolders, and whatever else lies around. So a
// changed test or framework counts for nothing.
//
// A submission is a folder, a .zip, a .tar or a .tar.gz (.tgz). What an archive is, its first
// bytes say: browsers unpack a .tar.gz on the way and leave the name. The two folders may stand
// at its top, in a single folder around them, as code hosts pack them (raftlabs-main/raft/...),
// or deeper, as long as there is no doubt: where Go files for raft/ or kvraft/ are in two places, none is
// chosen, and the refusal names both. The solutions/ and the tests/ beside raft/ or beside a go.mod are the
// framework's, and no second place.
//
// Go files may also be handed in bare, without any folder: raft.go, server.go and client.go as
// they were dragged into a browser, or the folder raft itself. Then each goes where its package
// clause says, package raft to raft/ and package kvraft to kvraft/. Bare files beside the folders
// are refused: nobody knows which of the two their author meant.
//
// Texts are taken byte by byte. Carriage returns and a UTF-8 byte order mark are left to the Go
// compiler, which takes both. .git, vendor, node_modules and what macOS leaves in archives
// (__MACOSX, ._*, .DS_Store) are never looked into, and are no files to the limits below.
//
// # What is refused
//
// A [Refusal] says what is wrong, where, why that is not taken, and what its author can do.
//
//   - In an archive: links, devices, pipes and two entries of one name, wherever one looks;
//     absolute paths, "..", backslashes and drive letters; what is encrypted, damaged or cut off.
//   - In a folder: links, devices and pipes that are raft/ or kvraft/ or lie right in them. No
//     link is followed, and others are left out. The submission itself must not be a link either.
//   - More than 2,000 files or 2,000 folders; more than 50 MiB, packed or unpacked (of a folder,
//     only its Go files count); a Go file of more than 1 MiB. Everything is counted while it is
//     unpacked. What the headers of an archive say about sizes is never believed.
//   - In raft/ and kvraft/: names equal but for case, file names that are no file names on every
//     system, Go files that are not UTF-8, and the folders spelled Raft or KVRaft.
//   - A submission without any Go file to take.
//
// Archives are unpacked in memory. Nothing is written to disk, and none of the code is run.
package take
