// Package tree makes an audit tree (RFC 6962) anew from its events, and says where it is not the one that was kept. The
// journal's check calls it; it reads no file.
package tree

import (
	"errors"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// Tree grows event by event.
type Tree struct {
	heads  map[int64]tlog.Hash
	hashes []tlog.Hash
	size   int64
}

// New takes the heads that were kept: the root at each size.
func New(heads map[int64]tlog.Hash) *Tree { return &Tree{heads: heads} }

// Size is how many events it has.
func (t *Tree) Size() int64 { return t.size }

// ReadHashes gives hashes by their number; it lets tlog read the tree.
func (t *Tree) ReadHashes(at []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(at))
	for i, n := range at {
		if n >= int64(len(t.hashes)) {
			return nil, fmt.Errorf("tree: no hash %d", n)
		}
		out[i] = t.hashes[n]
	}
	return out, nil
}

// Add takes the next event, as the bytes that are hashed, and holds the tree against the head of this size, if one was
// kept. Events are numbered from 1.
func (t *Tree) Add(seq int64, leaf []byte) error {
	if seq != t.size+1 {
		return fmt.Errorf("tree: event %d is missing", t.size+1)
	}
	more, err := tlog.StoredHashes(t.size, leaf, t)
	if err != nil {
		return fmt.Errorf("tree: %w", err)
	}
	t.size++
	t.hashes = append(t.hashes, more...)
	want, kept := t.heads[t.size]
	if !kept {
		return nil
	}
	delete(t.heads, t.size)
	return t.is(want)
}

// End holds the whole tree against the hashes that were kept with the events, in their order.
func (t *Tree) End(kept []tlog.Hash) error {
	if len(t.heads) > 0 {
		return fmt.Errorf("tree: %d heads have no events", len(t.heads))
	}
	if !slices.Equal(kept, t.hashes) {
		return errors.New("tree: the hashes that were kept are not those of the events")
	}
	return nil
}

func (t *Tree) is(want tlog.Hash) error {
	root, err := tlog.TreeHash(t.size, t)
	if err != nil {
		return fmt.Errorf("tree: %w", err)
	}
	if root != want {
		return fmt.Errorf("tree: of %d events is not the one that was kept", t.size)
	}
	return nil
}
