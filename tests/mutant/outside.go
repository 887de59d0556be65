package mutant

import "context"

// Read reads an edit that is not in the catalogue: name and text are its file's.
func Read(name string, kind Kind, text []byte) (Edit, error) { return parse(name, kind, text) }

// Build compiles the tests of a package of the tree, "solutions/raft", with the
// edit in it, and returns the binary. It goes into an empty folder, with the files
// that the edit changes.
func (e *Edit) Build(ctx context.Context, tree, folder, into string) (binary string, err error) {
	overlay, err := e.writeOverlay(tree, into)
	if err != nil {
		return "", err
	}
	return build(ctx, tree, folder, overlay, into, e.Race)
}
