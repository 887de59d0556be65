// Package handouts keeps the handouts and the code together: it reads what students
// and instructors read, and checks it against what is there.
package handouts
