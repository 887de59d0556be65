package kvraft

// readPath is a way to answer a Get: with a value that is not older than the
// Get itself, whoever else believes to be leader (§8).
type readPath func(*KVServer, Op) Reply

// readThroughLog gives the Get a place in the log, like a write. What the
// machine holds when it comes to that place is the answer, and only a leader that
// reaches a majority gets there. It costs a round and a save for each read;
// thesis §6.4 describes ways that do without the log.
func readThroughLog(kv *KVServer, op Op) Reply { return kv.commit(op) }
