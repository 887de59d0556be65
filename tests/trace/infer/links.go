package infer

// Reach is which servers one does not reach, and by which it is not reached,
// from an event on; a bit a server.
type Reach struct{ Event, Server, To, From int }

// regroup is a partition, whose note lists the groups, or the end of all cuts.
func (o *observer) regroup(i int, e *Event) {
	group := make([]int, o.n)
	if e.Kind == "partition" {
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
	}
	o.relinkAll(i, func(from, to int) bool { return group[from] != group[to] })
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
	touched := make([]bool, o.n)
	next := make([][]bool, o.n)
	for from := range o.n {
		next[from] = make([]bool, o.n)
		for to := range o.n {
			next[from][to] = from != to && cut(from, to)
			if next[from][to] != o.cut[from][to] {
				touched[from], touched[to] = true, true
			}
		}
	}
	o.cut = next
	for s := range o.n {
		if !touched[s] {
			continue
		}
		r := Reach{Event: i, Server: s}
		for other := range min(o.n, maxBits) {
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

// maxBits is how many servers a reach can name: a script's bit operations have
// 32 bits, one of them the sign.
const maxBits = 31
