// Package browser holds the tests of package page that need a browser: they
// open pages in a headless Chromium, press their keys and look at what they
// say. Without a browser they are skipped, with a sentence that says so; where
// RAFTLABS_BROWSER_REQUIRED is set, as .ci/run does, they fail.
package browser
