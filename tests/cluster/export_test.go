package cluster

// Unwatched are the options of a cluster whose servers do not play by Raft's
// rules.
func Unwatched(o Options) Options {
	o.unwatched = true
	return o
}
