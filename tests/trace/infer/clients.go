package infer

import (
	"slices"
	"strconv"
	"strings"
)

// Nodes is who takes part in a run: the servers, and the clients whose numbers
// come after theirs.
type Nodes struct{ Servers, Clients int }

// Name is a node's name: S0 is the first server, C0 the first client.
func (n Nodes) Name(node int) string {
	if node >= n.Servers {
		return "C" + strconv.Itoa(node-n.Servers)
	}
	return "S" + strconv.Itoa(node)
}

// Lanes gives every node one number for a whole run, whose clusters may differ
// in size: what is the first client now may be a server later. It renumbers the
// clients in place, behind the servers of the largest cluster.
//
// Where no cluster is seen to begin, all nodes are servers but those that are
// seen to call and those beyond them.
func Lanes(servers int, events []Event) Nodes {
	now := Servers(events)
	if now == none {
		return Nodes{Servers: nodes(servers, events)}
	}
	servers = max(servers, largest(events))
	n := Nodes{Servers: max(servers, now)}
	lane := func(node int) int {
		if node < now {
			return node
		}
		n.Clients = max(n.Clients, node-now+1)
		return n.Servers + node - now
	}
	for i := range events {
		e := &events[i]
		if e.Kind == "cluster" {
			now = e.Index
		}
		e.From, e.To = lane(e.From), lane(e.To)
	}
	return n
}

// largest is the size of the largest cluster that is seen to begin.
func largest(events []Event) (n int) {
	for i := range events {
		if events[i].Kind == "cluster" {
			n = max(n, events[i].Index)
		}
	}
	return n
}

// Servers is how many servers a run begins with; none where nothing tells, and
// all are servers.
// A record whose beginning was forgotten tells it by the first of those who call.
func Servers(events []Event) int {
	least := none
	for i := range events {
		e := &events[i]
		if e.Kind == "cluster" {
			if least == none {
				return e.Index
			}
			return least
		}
		if (e.Kind == "call" || e.Kind == "return") && (least == none || e.From < least) {
			least = e.From
		}
	}
	return least
}

// nodes is how many nodes a run has: all that the case says, or that are named.
func nodes(least int, events []Event) int {
	for i := range events {
		least = max(least, events[i].From+1, events[i].To+1)
	}
	return least
}

// Operation is what one client asked of the service, between two events; an end
// that is not there is none.
type Operation struct{ Client, Call, Return int }

// Operations joins the calls of the clients to their returns, in the order of
// the calls. A return repeats its call and adds the result.
func Operations(events []Event) (all []Operation) {
	open := map[int][]int{} // the operations of each client that have not returned
	for i := range events {
		e := &events[i]
		switch e.Kind {
		case "call":
			open[e.From] = append(open[e.From], len(all))
			all = append(all, Operation{e.From, i, none})
		case "return":
			k := slices.IndexFunc(open[e.From], func(k int) bool { return strings.HasPrefix(e.Note, events[all[k].Call].Note) })
			if k < 0 {
				all = append(all, Operation{e.From, none, i})
				continue
			}
			all[open[e.From][k]].Return = i
			open[e.From] = slices.Delete(open[e.From], k, k+1)
		case "cluster":
			clear(open)
		}
	}
	return all
}

// Result is what a return says beyond its call: `"ab"` of `Get("k") = "ab"`.
func Result(call, note string) string {
	if rest, ok := strings.CutPrefix(note, call); ok && call != "" {
		note = rest
	} else if _, rest, ok := strings.Cut(note, ") = "); ok {
		return rest
	}
	return strings.TrimPrefix(strings.TrimSpace(note), "= ")
}
