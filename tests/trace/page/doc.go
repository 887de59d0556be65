// Package page shows a recorded run as one HTML file that needs nothing else:
// no network, no server, no build step.
//
//	err := page.Write(file, page.Meta{Stage: "election", Case: "FaultSwarm", Seed: 7, Servers: 7}, events)
//
// Time runs downward and every server has a lane. A lane's band tells the role
// by width, pattern, colour and label; arrows are messages. Clients of a service
// stand right of the servers, and what they ask is a bar from call to return. What an event list
// does not say, and a reader wants to see, is worked out here and not in the
// browser, so that it can be tested without one:
//
//   - package infer joins the events of one message to an arrow, and follows
//     roles, terms, commit indexes and cuts over the wire;
//   - data.go packs all of it in columns, compressed where they are long.
//
// The scripts in assets decode, draw and react. They take text only as text:
// a student's log line or command cannot become markup, and the page's policy
// runs no script but its own.
//
// [WriteIndex] writes the page of a whole stage, which links to its cases.
package page
