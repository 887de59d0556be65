package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"raftlabs/labrpc"
)

// The clients live on the network too, beside the servers S0, S1 and S2.
const (
	servers = 3

	ann  = 3
	ben  = 4
	cleo = 5
)

var names = []string{"S0", "S1", "S2", "ann", "ben", "cleo"}

// cluster is three servers and three clients on a network that loses nothing by
// itself, and the story of what happens to them.
type cluster struct {
	net    *labrpc.Network
	disks  []*disk
	ends   [][]*labrpc.ClientEnd // of each client, by its number on the network
	insist bool
	out    io.Writer
}

// start boots everybody. All copies begin alike.
func start(out io.Writer, insist bool, key, value string) *cluster {
	c := &cluster{
		net: labrpc.New(len(names), labrpc.Options{
			Faults:        labrpc.Faults{Latency: time.Millisecond},
			Timeout:       5 * time.Millisecond, // nobody here waits long for what was lost
			TimeoutSpread: 5 * time.Millisecond,
		}),
		ends:   make([][]*labrpc.ClientEnd, len(names)),
		insist: insist,
		out:    out,
	}
	for i := range names {
		if i < servers {
			c.disks = append(c.disks, newDisk(map[string]string{key: value}))
			c.boot(i)
		} else {
			c.ends[i] = c.net.Boot(i)
		}
	}
	return c
}

// boot starts a server on its disk, as it is.
func (c *cluster) boot(server int) {
	peers := c.net.Boot(server)[:servers]
	if err := c.net.Serve(server, &Server{peers: peers, insist: c.insist, disk: c.disks[server]}); err != nil {
		panic(err)
	}
}

// put has a client write, and waits for the answer.
func (c *cluster) put(client, server int, key, value string) {
	<-c.beginPut(client, server, key, value)
	c.tell(asked(client, server, "put "+key+"="+value), "ok")
}

// beginPut has a client write. The channel is closed when the answer has come.
func (c *cluster) beginPut(client, server int, key, value string) (answered chan struct{}) {
	answered = make(chan struct{})
	go func() {
		defer close(answered)
		if !c.ends[client][server].Call("Server.Put", &PutArgs{Key: key, Value: value}, &PutReply{}) {
			panic("no scene has a client write to a server that it cannot reach")
		}
	}()
	return answered
}

// get has a client read.
func (c *cluster) get(client, server int, key string) {
	var reply GetReply
	if !c.ends[client][server].Call("Server.Get", &GetArgs{Key: key}, &reply) {
		panic("no scene has a client read from a server that it cannot reach")
	}
	c.tell(asked(client, server, "get "+key), reply.Value)
}

// writes is how often a server has sent a write to a copy, its own included.
func (c *cluster) writes(server int) int {
	return c.net.Stats().Of(server, "Server.Write").Requests.Messages
}

// awaitWrites waits until a server has sent that many, for a put that must not
// have been answered by then.
func (c *cluster) awaitWrites(server, n int, answered chan struct{}) {
	for c.writes(server) < n {
		select {
		case <-answered:
			panic("the put was answered before all copies had it")
		case <-time.After(time.Millisecond):
		}
	}
}

// copies tells what each server has.
func (c *cluster) copies(key string) {
	var all []string
	for i, d := range c.disks {
		all = append(all, names[i]+" "+d.read(key))
	}
	c.tell("the copies of "+key, strings.Join(all, ", "))
}

// tell prints one event, and what came of it.
func (c *cluster) tell(event, result string) {
	line := fmt.Sprintf("    %-30s %s", event, result)
	fmt.Fprintln(c.out, strings.TrimRight(line, " "))
}

// asked is what a client asks of a server.
func asked(client, server int, what string) string {
	return fmt.Sprintf("%s: %s at %s", names[client], what, names[server])
}
