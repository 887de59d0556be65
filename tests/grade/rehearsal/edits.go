package rehearsal

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"raftlabs/tests/mutant"
)

// variants are correct designs that are far from the reference, or from each other.
var variants = []string{"timer-polled", "leader-noop", "log-in-a-map", "deep-pipelining", "mutex-is-a-channel"}

// mutants are bugs that a single run of one case catches, some of each stage.
var mutants = []string{
	"two-votes-in-a-term", "majority-one-too-few", "term-goes-back-with-a-late-answer", // election
	"start-returns-a-wrong-index", "commit-before-the-log-check", // replication
	"answer-before-the-save", "new-term-alone-not-saved", // persistence
	"log-never-trimmed",            // snapshots
	"append-replaces",              // kv
	"pre-vote-in-the-present-term", // robust
	"read-index-without-a-round",   // reads
}

// edited is the reference with edits of the catalogue, each in a submission of
// its own.
func edited(r reference, edits []mutant.Edit, kind mutant.Kind, names []string) (class []Submission, err error) {
	for _, name := range names {
		i := slices.IndexFunc(edits, func(e mutant.Edit) bool { return e.Name == name && e.Kind == kind })
		if i < 0 || len(edits[i].Lacks) > 0 {
			return nil, fmt.Errorf("the catalogue has no %s %s for all stages", kind, name)
		}
		e := edits[i]
		changed, err := e.Apply(os.DirFS(filepath.Join(r.tree, "solutions")))
		if err != nil {
			return nil, err
		}
		all := maps.Clone(r.files)
		maps.Copy(all, files(changed).each(asStudents))
		class = append(class, Submission{Name: string(kind) + "-" + name, Kind: Kind(kind), Doc: e.Doc, Loses: e.Stage, pack: folder(all)})
	}
	return class, nil
}
