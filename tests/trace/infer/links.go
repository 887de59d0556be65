package infer

// Reach is which nodes a server or a client does not reach, and by which it is
// not reached, from an event on; a bit a node.
type Reach struct{ Event, Server, To, From int }

// links are those among so many nodes, none of them cut.
func links(nodes int) [][]bool {
	cut := make([][]bool, nodes)
	for i := range cut {
		cut[i] = make([]bool, nodes)
	}
	return cut
}

// regroup is the end of all cuts, or a partition, whose note lists the groups.
// That is one of the servers: clients keep the links that they have.
func (o *observer) regroup(i int, e *Event) {
	if e.Kind == "heal" {
		o.healed(i)
		return
	}
	group := make([]int, o.n)
	for s := range group {
		group[s] = -1 - s // a server that no group names is alone
	}
	for g, members := range ReadGroups(e.Note) {
		for _, s := range members {
			if s >= 0 && s < o.n {
				group[s] = g
			}
		}
	}
	o.relinkAll(i, func(from, to int) bool {
		if from >= o.n || to >= o.n {
			return o.cut[from][to]
		}
		return group[from] != group[to]
	})
}

// healed is the end of all cuts.
func (o *observer) healed(i int) { o.relinkAll(i, func(from, to int) bool { return false }) }

// link cuts or joins one direction between two nodes.
func (o *observer) link(i int, e *Event) {
	if e.From >= 0 && e.To >= 0 {
		o.relink(i, func(from, to int) bool { return from == e.From && to == e.To }, e.Kind == "cut")
	}
}

// relink cuts or joins some links.
func (o *observer) relink(i int, which func(from, to int) bool, cut bool) {
	o.relinkAll(i, func(from, to int) bool {
		if which(from, to) {
			return cut
		}
		return o.cut[from][to]
	})
}

// relinkAll sets all links and notes whom that concerns.
func (o *observer) relinkAll(i int, cut func(from, to int) bool) {
	all, next := len(o.cut), links(len(o.cut))
	touched := make([]bool, all)
	for from := range all {
		for to := range all {
			next[from][to] = from != to && cut(from, to)
			if next[from][to] != o.cut[from][to] {
				touched[from], touched[to] = true, true
			}
		}
	}
	o.cut = next
	for s := range all {
		if !touched[s] {
			continue
		}
		r := Reach{Event: i, Server: s}
		for other := range min(all, maxBits) {
			if o.cut[s][other] {
				r.To |= 1 << other
			}
			if o.cut[other][s] {
				r.From |= 1 << other
			}
		}
		o.Cuts = append(o.Cuts, r)
	}
}

// maxBits is how many nodes a reach can name: a script's bit operations have
// 32 bits, one of them the sign.
const maxBits = 31
