package centerapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
)

// Page brings page n (from 1), a one-page PDF of at most signed.MaxPageBytes. A download that breaks off goes on where
// it stopped. The bytes are held against the centre's digest; the manifest is the terminal's to check.
func (c *Client) Page(ctx context.Context, app domain.ApplicationID, n int) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, domain.DownloadBudget)
	defer cancel()
	d := download{path: path(app, "/pages/"+strconv.Itoa(n)+"/front")}
	var err error
	for i := range attempts {
		var again bool
		if again, err = d.part(ctx, c); err == nil || !again || !pause(ctx, i) {
			break
		}
	}
	if err != nil {
		clear(d.got)
		return nil, c.judge(ctx, err)
	}
	return d.got, nil
}

// download is a page on its way.
type download struct {
	path string
	tag  string // the strong ETag of the first answer
	got  []byte
}

// part takes what is missing.
func (d *download) part(ctx context.Context, c *Client) (again bool, err error) {
	r, err := c.request(ctx, http.MethodGet, d.path, nil)
	if err != nil {
		return false, err
	}
	if len(d.got) > 0 {
		r.Header.Set("Range", fmt.Sprintf("bytes=%d-", len(d.got)))
		r.Header.Set("If-Range", d.tag)
	}
	answer, err := c.current().Do(r)
	if err != nil {
		return true, err
	}
	defer func() { _ = answer.Body.Close() }() // read-only: nothing to lose
	switch answer.StatusCode {
	case http.StatusOK:
		clear(d.got)
		d.got, d.tag = d.got[:0], answer.Header.Get("ETag")
	case http.StatusPartialContent:
		if want := fmt.Sprintf("bytes %d-", len(d.got)); !strings.HasPrefix(answer.Header.Get("Content-Range"), want) {
			return false, fmt.Errorf("%w: page: another range than the one asked for", ErrProtocol)
		}
	default:
		return problem(answer)
	}
	return d.take(answer.Body)
}

func (d *download) take(body io.Reader) (again bool, err error) {
	rest, err := io.ReadAll(io.LimitReader(body, int64(signed.MaxPageBytes+1-len(d.got))))
	d.got = append(d.got, rest...)
	clear(rest)
	switch {
	case len(d.got) > signed.MaxPageBytes:
		return false, fmt.Errorf("%w: page: more than %d bytes", ErrProtocol, signed.MaxPageBytes)
	case err != nil:
		return true, err
	case d.tag != PageTag(signed.HashOf(d.got)):
		return false, fmt.Errorf("%w: page: %w", ErrProtocol, errDigest)
	}
	return false, nil
}

var errDigest = errors.New("the bytes are not those of the digest")

// PageTag is the strong ETag of a page.
func PageTag(digest signed.Hash) string { return `"sha256-` + digest.String() + `"` }
