package lab

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"strings"
)

// A plain sync.Mutex does not know who holds it. But the goroutine that holds
// it is in the dump too, blocked at a line of the student's source, and the
// source says which locks are taken on the way to that line.

// frozen tells why the clock stands still, from a dump in which nothing can
// run: who waits for a sync.Mutex, and who probably holds it.
func frozen(in, blocked []goroutine, handout string) Failure {
	if handout == "" {
		handout = "handouts/01-election.md"
	}
	waiter := blocked[0]
	for _, g := range blocked { // a goroutine in a student's line says most
		if _, ok := student(g.Frames); ok {
			waiter = g
			break
		}
	}
	at, _ := student(waiter.Frames)
	what := waiter.errandOf()
	if !strings.HasPrefix(waiter.State, "sync.Mutex") && !strings.HasPrefix(waiter.State, "sync.RWMutex") {
		return Failure{Kind: Frozen, Text: fmt.Sprintf(
			"the clock stands still: %s of %s is blocked at %s (%s) in something that was made outside of this case. "+
				"Make channels and wait groups in Make, not in package variables", what, waiter.subject(), at.place(), waiter.State)}
	}
	kind := strings.TrimSuffix(strings.TrimSuffix(waiter.State, ".Lock"), ".RLock")
	f := Failure{Kind: Frozen}
	f.Text = fmt.Sprintf("the clock stands still: %s of %s waits at %s for a plain %s, ", what, waiter.subject(), at.place(), kind)
	if h, ok := findHolder(in, waiter); ok {
		f.Text += fmt.Sprintf("probably held by the goroutine of %s that locked it at %s and is %s at %s",
			h.g.subject(), h.locked.place(), h.g.activity(), h.now.place())
	} else {
		f.Text += "and who holds it is unknown"
	}
	f.Text += fmt.Sprintf(". Virtual time cannot pass while anybody waits for a %s: import raftlabs/labsync instead of sync (%s), "+
		"and never hold a lock over a sleep, a Call or a send", kind, handout)
	for _, g := range blocked {
		if g.ID != waiter.ID {
			f.Detail = append(f.Detail, "waits too: "+g.subject()+", "+g.describe())
		}
	}
	return f
}

// holder is a goroutine that seems to hold a mutex.
type holder struct {
	g           goroutine
	locked, now frame
	score       int
}

// findHolder picks the goroutine whose source says that it has locked a mutex
// and not unlocked it: best one with the name of the one that is waited for,
// in the same server, and blocked in something that takes time.
func findHolder(in []goroutine, waiter goroutine) (holder, bool) {
	src := sources{}
	wanted := ""
	if at, ok := student(waiter.Frames); ok {
		wanted = src.lockedAt(at)
	}
	best := holder{score: -1}
	for _, g := range in {
		if g.ID == waiter.ID {
			if h, ok := src.holding(g, wanted, true); ok { // locks it twice
				h.score += 8
				best = better(best, h)
			}
			continue
		}
		h, ok := src.holding(g, wanted, false)
		if !ok {
			continue
		}
		if g.Labels["server"] == waiter.Labels["server"] {
			h.score += 2
		}
		if g.Durable {
			h.score++
		}
		best = better(best, h)
	}
	return best, best.score >= 0
}

func better(a, b holder) holder {
	if b.score > a.score {
		return b
	}
	return a
}

// sources are the parsed files of the student's code.
type sources map[string]*source

type source struct {
	fset *token.FileSet
	file *ast.File
}

// load parses a file, once. nil: it cannot be read, so nothing is known.
func (s sources) load(path string) *source {
	if src, ok := s[path]; ok {
		return src
	}
	src := &source{fset: token.NewFileSet()}
	file, err := parser.ParseFile(src.fset, path, nil, parser.SkipObjectResolution)
	if err != nil {
		src = nil
	} else {
		src.file = file
	}
	s[path] = src
	return src
}

// lockedAt is the mutex that is locked on a frame's line: "mu" for rf.mu.Lock().
func (s sources) lockedAt(at frame) string {
	src := s.load(at.File)
	if src == nil {
		return ""
	}
	name := ""
	ast.Inspect(src.file, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && src.line(call.Pos()) == at.Line {
			if mutex, method := src.mutexCall(call); method == "Lock" || method == "RLock" {
				name = mutex
			}
		}
		return true
	})
	return name
}

// holding looks through a goroutine's student frames, from the innermost out,
// for a lock that is held at the line where the goroutine is. again: the
// innermost frame is the Lock that blocks, which does not count.
func (s sources) holding(g goroutine, wanted string, again bool) (holder, bool) {
	var best holder
	found := false
	var now frame
	for _, f := range g.Frames {
		if !f.isStudent() {
			continue
		}
		if now.Line == 0 {
			now = f
		}
		for mutex, line := range s.heldAt(f) {
			h := holder{g: g, locked: frame{f.Func, f.File, line}, now: now, score: 1}
			if mutex == wanted {
				h.score = 5
			} else if again {
				continue
			}
			if !found || h.score > best.score {
				best, found = h, true
			}
		}
	}
	return best, found
}

// heldAt is the mutexes that the function around a frame has locked and not
// unlocked on the way to the frame's line, with the line of the Lock. A
// deferred Unlock comes later than any line. A block that ends in a return
// and is not the one we are in was not gone through.
func (s sources) heldAt(at frame) map[string]int {
	src := s.load(at.File)
	if src == nil {
		return nil
	}
	body := src.function(at.Line)
	if body == nil {
		return nil
	}
	held := map[string]int{}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case nil:
			return false
		case *ast.FuncLit, *ast.DeferStmt, *ast.GoStmt:
			return false
		case *ast.BlockStmt:
			if n != body && !src.contains(n, at.Line) && leaves(n.List) {
				return false
			}
		case *ast.CaseClause:
			if !src.contains(n, at.Line) && leaves(n.Body) {
				return false
			}
		case *ast.CallExpr:
			if src.line(n.Pos()) >= at.Line {
				return true
			}
			switch mutex, method := src.mutexCall(n); method {
			case "Lock", "RLock":
				held[mutex] = src.line(n.Pos())
			case "Unlock", "RUnlock":
				delete(held, mutex)
			}
		}
		return true
	})
	return held
}

// function is the body of the innermost function around a line.
func (src *source) function(line int) *ast.BlockStmt {
	var body *ast.BlockStmt
	ast.Inspect(src.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Body != nil && src.contains(n, line) {
				body = n.Body
			}
		case *ast.FuncLit:
			if src.contains(n, line) {
				body = n.Body
			}
		}
		return true
	})
	return body
}

func (src *source) line(p token.Pos) int { return src.fset.Position(p).Line }

func (src *source) contains(n ast.Node, line int) bool {
	return src.line(n.Pos()) <= line && line <= src.line(n.End())
}

// mutexCall takes apart x.mu.Lock(): the last name before the method, and the
// method; or "", "" for any other call.
func (src *source) mutexCall(call *ast.CallExpr) (mutex, method string) {
	method, on := "", ast.Expr(nil)
	if sel, ok := call.Fun.(*ast.SelectorExpr); ok && len(call.Args) == 0 {
		method, on = sel.Sel.Name, sel.X
	}
	switch method {
	case "Lock", "RLock", "Unlock", "RUnlock":
	default:
		return "", ""
	}
	var b strings.Builder
	if err := printer.Fprint(&b, src.fset, on); err != nil {
		return "", ""
	}
	text := b.String()
	return text[strings.LastIndexByte(text, '.')+1:], method
}

// leaves tells whether a list of statements ends by leaving it.
func leaves(list []ast.Stmt) bool {
	if len(list) == 0 {
		return false
	}
	switch last := list[len(list)-1].(type) {
	case *ast.ReturnStmt, *ast.BranchStmt:
		return true
	case *ast.ExprStmt:
		call, ok := last.X.(*ast.CallExpr)
		if !ok {
			return false
		}
		name, ok := call.Fun.(*ast.Ident)
		return ok && name.Name == "panic"
	}
	return false
}
