// Package e2e holds tests of the whole program: one world of real processes and simulated devices, and people who do
// what they should not. It has no code of its own.
package e2e
