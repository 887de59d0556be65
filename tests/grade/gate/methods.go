package gate

import (
	"fmt"
	"go/ast"
	"slices"
)

// encodings are the methods that gob calls in the place of carrying a value's
// fields.
var encodings = []string{"GobEncode", "GobDecode", "MarshalBinary", "UnmarshalBinary"}

// checkMethods refuses types with an encoding of their own. The framework reads messages
// and logs in passing, counts their bytes, and has gob copy them: a method would
// run in its place there, and could have a message or what is saved be no more than
// a number of something that stayed in memory.
func (g *gate) checkMethods(s *source) {
	for _, d := range s.file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil && slices.Contains(encodings, f.Name.Name) {
			g.at(f.Name.Pos(), RuleMethod, "declares a method "+f.Name.Name,
				fmt.Sprintf("have gob carry exported fields: what goes over the network and to the disk is counted and read, and %s would be called in between", f.Name.Name))
		}
	}
}
