// Naive shows in three scenes why "write to all" is not enough to keep copies
// of a store alike. handouts/00-start.md explains them.
//
//	go run ./handouts/naive          # all scenes
//	go run ./handouts/naive brain    # one of them: down, brain or stale
//
// It prints the same every time: in each scene the next thing happens when the
// one before has been seen to happen, and not after a while.
package main

import (
	"fmt"
	"io"
	"os"
)

// scenes are in the order in which they are told.
var scenes = []struct {
	name  string
	title string
	play  func(io.Writer)
}{
	{"down", "a server is down", down},
	{"brain", "the network falls into two parts", brain},
	{"stale", "all is well, but one message is late", stale},
}

func main() {
	if len(os.Args) > 2 || !run(os.Stdout, os.Args[1:]...) {
		fmt.Fprintln(os.Stderr, "usage: go run ./handouts/naive [down | brain | stale]")
		os.Exit(2)
	}
}

// run plays the scenes that are named, all of them if none is. It returns
// whether there was something to play.
func run(out io.Writer, wanted ...string) (played bool) {
	for i, scene := range scenes {
		if len(wanted) > 0 && wanted[0] != scene.name {
			continue
		}
		if played {
			fmt.Fprintln(out)
		}
		fmt.Fprintf(out, "Scene %d, %s: %s\n", i+1, scene.name, scene.title)
		scene.play(out)
		played = true
	}
	return played
}

// down: write to all either waits for a server that is down, or leaves it behind.
func down(out io.Writer) {
	fmt.Fprintln(out, "  The servers insist: a write is answered when all three have it.")
	c := start(out, true, "lamp", "off")
	c.net.Crash(2)
	c.tell("S2 crashes", "")
	answered := c.beginPut(ann, 0, "lamp", "on")
	c.awaitWrites(0, 5, answered) // to S0, to S1, and three times to S2
	c.tell("ann: put lamp=on at S0", "no answer yet: S2 was asked 3 times")
	c.boot(2)
	c.tell("S2 restarts", "")
	<-answered
	c.tell("ann: put lamp=on at S0", "ok")
	c.net.Close()
	fmt.Fprintln(out, "  One server of three was down, and nobody could write.")

	fmt.Fprintln(out, "  The servers go on: a write is answered when all who can be reached have it.")
	c = start(out, false, "lamp", "off")
	defer c.net.Close()
	c.net.Crash(2)
	c.tell("S2 crashes", "")
	c.put(ann, 0, "lamp", "on")
	c.net.Crash(0)
	c.net.Crash(1)
	c.boot(2)
	c.tell("S0 and S1 crash, S2 restarts", "")
	c.get(ann, 2, "lamp")
	c.copies("lamp")
	fmt.Fprintln(out, "  Ann was told ok, and what she wrote is not there.")
}

// brain: both sides of a partition go on, and never agree again.
func brain(out io.Writer) {
	fmt.Fprintln(out, "  The servers go on: a write is answered when all who can be reached have it.")
	c := start(out, false, "seat", "free")
	defer c.net.Close()
	c.net.Partition([]int{ann, 0}, []int{ben, 1, 2})
	c.tell("the network is cut", "ann, S0 | S1, S2, ben")
	c.get(ann, 0, "seat")
	c.get(ben, 1, "seat")
	c.put(ann, 0, "seat", "ann")
	c.put(ben, 1, "seat", "ben")
	c.net.Heal()
	c.tell("the network is whole again", "")
	c.put(cleo, 2, "door", "shut") // the servers talk to each other, and notice nothing
	c.get(ann, 0, "seat")
	c.get(ben, 1, "seat")
	c.copies("door")
	c.copies("seat")
	fmt.Fprintln(out, "  Two people were told that the seat is theirs, and no message will ever settle it.")
}

// stale: even if nobody is down and all writes arrive, readers can see the new
// value first and the old one after it.
func stale(out io.Writer) {
	fmt.Fprintln(out, "  The servers insist: a write is answered when all three have it.")
	c := start(out, true, "shop", "closed")
	defer c.net.Close()
	c.net.Cut(0, 2) // what S0 sends to S2 now is lost, and S0 sends it again
	answered := c.beginPut(ann, 0, "shop", "open")
	c.awaitWrites(0, 3, answered) // S0 and S1 have it, S2 was sent it
	c.tell("ann: put shop=open at S0", "under way: S0 and S1 have it, S2 not yet")
	c.get(ben, 1, "shop")
	c.tell("ben tells cleo", "")
	c.get(cleo, 2, "shop")
	c.net.Join(0, 2)
	<-answered
	c.tell("the message to S2 arrives", "")
	c.tell("ann: put shop=open at S0", "ok")
	c.get(cleo, 2, "shop")
	fmt.Fprintln(out, "  For a while the answer depended on whom one asked.")
}
