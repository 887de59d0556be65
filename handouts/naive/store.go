package main

import (
	"maps"
	"sync"

	"raftlabs/labrpc"
)

// Server is one copy of the store. A client may send its operations to any of
// them; a write goes from there to all.
type Server struct {
	peers  []*labrpc.ClientEnd // one for each server, its own included
	insist bool                // whether a write waits for all copies
	disk   *disk
}

// PutArgs is a write.
type PutArgs struct{ Key, Value string }

// PutReply says nothing: that it came is the answer.
type PutReply struct{}

// GetArgs is a read.
type GetArgs struct{ Key string }

// GetReply is what was read.
type GetReply struct{ Value string }

// Put takes a client's write and writes it to all servers, one after the other.
// A server that insists asks again until each of them has it. One that does not
// goes on without those who give no answer.
func (s *Server) Put(args *PutArgs, _ *PutReply) {
	for _, peer := range s.peers {
		for !peer.Call("Server.Write", args, &PutReply{}) && s.insist {
		}
	}
}

// Write puts into this copy what some server has taken from a client.
func (s *Server) Write(args *PutArgs, _ *PutReply) {
	s.disk.write(args.Key, args.Value)
}

// Get takes a client's read and answers it from this copy.
func (s *Server) Get(args *GetArgs, reply *GetReply) {
	reply.Value = s.disk.read(args.Key)
}

// disk is what a server has written. It outlives crashes.
type disk struct {
	mu   sync.Mutex
	data map[string]string
}

func newDisk(data map[string]string) *disk { return &disk{data: maps.Clone(data)} }

func (d *disk) write(key, value string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.data[key] = value
}

func (d *disk) read(key string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.data[key]
}
