// Command tally reads the output of `go test -json` and writes what a person wants to see: one line a package, and the
// whole output of what failed. It adds its counts to a file, so that several runs end in one line:
//
//	go test -json ./... | tally -add out/counts
//	tally -sum out/counts
//
// It ends with 1 if anything failed. A package that does not build, or ends without a failing test, counts as one
// failure; so does output that is none.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	add := flag.String("add", "", "count the tests on standard input and add the counts to this file")
	sum := flag.String("sum", "", "print the sum of this file's counts")
	flag.Parse()
	counts, err := run(os.Stdin, os.Stdout, *add, *sum)
	if err != nil {
		fmt.Fprintln(os.Stderr, "tally:", err)
		os.Exit(1)
	}
	if counts.failed > 0 {
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer, add, sum string) (counts, error) {
	if sum != "" {
		total, err := readCounts(sum)
		if err == nil {
			fmt.Fprintf(out, "%d passed, %d failed\n", total.passed, total.failed)
		}
		return total, err
	}
	c, err := tally(in, out)
	if err != nil {
		c.failed++
	}
	if add != "" {
		if err := c.addTo(add); err != nil {
			return c, err
		}
	}
	return c, err
}
