package labrpc

import "time"

// Cut loses every message that leaves from for to, or arrives from there,
// while the cut lasts. The other direction lives: cutting 1 -> 0 loses 1's
// requests to 0 and 1's replies to 0's requests.
func (n *Network) Cut(from, to int) { n.setCut(true, from, to) }

// Join ends a Cut.
func (n *Network) Join(from, to int) { n.setCut(false, from, to) }

func (n *Network) setCut(cut bool, from, to int) {
	n.Do(func() { n.links[from][to].cut = cut })
}

// Partition cuts all links between servers of different groups and joins all
// within one. A server that no group names is alone.
func (n *Network) Partition(groups ...[]int) {
	n.Do(func() {
		group := make([]int, len(n.nodes))
		for i := range group {
			group[i] = -1 - i
		}
		for g, members := range groups {
			for _, s := range members {
				group[s] = g
			}
		}
		for from := range n.links {
			for to := range n.links[from] {
				n.links[from][to].cut = group[from] != group[to]
			}
		}
	})
}

// Heal ends all cuts.
func (n *Network) Heal() {
	n.Do(func() {
		for from := range n.links {
			for to := range n.links[from] {
				n.links[from][to].cut = false
			}
		}
	})
}

// Joined tells whether messages pass from one server to another.
func (n *Network) Joined(from, to int) (joined bool) {
	n.Do(func() { joined = !n.links[from][to].cut })
	return joined
}

// SetFaults sets the faults of every link, from now on.
func (n *Network) SetFaults(f Faults) { n.Do(func() { n.setFaults(f) }) }

// SetLinkFaults sets the faults of one direction of one link.
func (n *Network) SetLinkFaults(from, to int, f Faults) {
	n.Do(func() { n.links[from][to].faults = f })
}

// SetTimeout changes Options.Timeout and Options.TimeoutSpread.
func (n *Network) SetTimeout(timeout, spread time.Duration) {
	n.Do(func() { n.timeout, n.timeoutSpread = timeout, spread })
}

func (n *Network) setFaults(f Faults) {
	for from := range n.links {
		for to := range n.links[from] {
			n.links[from][to].faults = f
		}
	}
}

// Amend has f change the fates of all messages from now on: it is given each
// message, right after its Sent or Replied event, with the fate that it would
// have, and returns the one that it gets. It must not call the Network. nil
// ends it.
func (n *Network) Amend(f func(Message, Fate) Fate) { n.Do(func() { n.amend = f }) }

// Redraw has f change what the links' faults have drawn for each message from
// now on: it is given the message, its link's faults and the fate, and returns the one
// that goes on to Amend. What Options.Fates decides is not drawn. f must not call
// the Network. nil ends it.
func (n *Network) Redraw(f func(Message, Faults, Fate) Fate) { n.Do(func() { n.redraw = f }) }

// fate decides on a message that is about to leave.
func (n *Network) fate(m Message) Fate {
	var f Fate
	if n.opts.Fates != nil {
		f = n.opts.Fates.Fate(m)
	} else {
		from, to := m.From, m.To
		if m.Reply {
			from, to = to, from
		}
		faults := n.links[from][to].faults
		f = faults.draw(streamOf(n.opts.Seed, m), m.Reply)
		if n.redraw != nil {
			f = n.redraw(m, faults, f)
		}
	}
	if n.amend != nil {
		f = n.amend(m, f)
	}
	f.Latency = max(f.Latency, 1)
	return f
}

// giveUp is how long the caller of a lost message waits until it knows.
func (n *Network) giveUp(m Message) time.Duration {
	d := streamOf(^n.opts.Seed, m)
	return n.timeout + d.millis(n.timeoutSpread) + d.jitter()
}
