package printer

import (
	"fmt"
	"io"
	"slices"
	"strings"

	ipp "github.com/OpenPrinting/goipp"
)

// call is one operation under way.
type call struct {
	p        *Printer
	request  *ipp.Message
	document io.Reader
	answer   *ipp.Message
}

// operation is one that the machine knows.
type operation struct {
	code ipp.Op
	do   func(*call) ipp.Status
}

// operationTable lists all operations.
func (p *Printer) operationTable() []operation {
	table := []operation{
		{ipp.OpGetPrinterAttributes, (*call).getPrinter},
		{ipp.OpGetJobs, (*call).getJobs},
		{ipp.OpGetJobAttributes, (*call).getJob},
		{ipp.OpValidateJob, (*call).validate},
		{ipp.OpCreateJob, (*call).create},
		{ipp.OpSendDocument, (*call).send},
		{ipp.OpPrintJob, (*call).print},
		{ipp.OpCancelJob, (*call).cancel},
	}
	if p.opt.Reprints {
		table = append(table, operation{ipp.OpRestartJob, func(*call) ipp.Status { return ipp.StatusErrorNotPossible }})
	}
	return table
}

// handle answers one request; document is what follows it.
func (p *Printer) handle(request *ipp.Message, document io.Reader) *ipp.Message {
	c := &call{p: p, request: request, document: document}
	c.answer = ipp.NewResponse(request.Version, ipp.StatusOk, request.RequestID)
	c.answer.Operation.Add(words("attributes-charset", ipp.TagCharset, "utf-8"))
	c.answer.Operation.Add(words("attributes-natural-language", ipp.TagLanguage, "en"))
	status := c.run()
	c.answer.Code = ipp.Code(status)
	if status >= ipp.StatusErrorBadRequest {
		c.answer.Operation.Add(words("status-message", ipp.TagText, status.String()))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.operations[ipp.Op(request.Code).String()]++
	if status >= ipp.StatusErrorBadRequest {
		p.refused++
	}
	return c.answer
}

// run checks what is common to all requests (RFC 8011 §4.1) and finds the operation.
func (c *call) run() ipp.Status {
	r := c.request
	if r.Version.Major() != 1 && r.Version.Major() != 2 {
		c.answer.Version = ipp.MakeVersion(2, 0)
		return ipp.StatusErrorVersionNotSupported
	}
	if r.RequestID == 0 || len(r.Groups) == 0 || r.Groups[0].Tag != ipp.TagOperationGroup {
		return ipp.StatusErrorBadRequest
	}
	first := r.Operation
	if len(first) < 2 || first[0].Name != "attributes-charset" || first[1].Name != "attributes-natural-language" {
		return ipp.StatusErrorBadRequest
	}
	if !strings.EqualFold(c.word("attributes-charset"), "utf-8") {
		return ipp.StatusErrorCharset
	}
	for _, o := range c.p.operationTable() {
		if o.code == ipp.Op(r.Code) {
			if c.word("printer-uri") == "" && c.word("job-uri") == "" {
				return ipp.StatusErrorBadRequest
			}
			return o.do(c)
		}
	}
	return ipp.StatusErrorOperationNotSupported
}

// find looks an attribute up in a group.
func find(list ipp.Attributes, name string) ipp.Values {
	for _, a := range list {
		if a.Name == name {
			return a.Values
		}
	}
	return nil
}

// word reads a text of the operation group.
func (c *call) word(name string) string {
	if v := find(c.request.Operation, name); len(v) > 0 {
		return v[0].V.String()
	}
	return ""
}

// wanted makes the filter of requested-attributes; groups stand for all their attributes.
func (c *call) wanted(all []string) func(string) bool {
	v := find(c.request.Operation, "requested-attributes")
	if len(v) == 0 {
		return func(name string) bool { return slices.Contains(all, name) || all == nil }
	}
	set := map[string]bool{}
	for _, w := range v {
		set[w.V.String()] = true
	}
	return func(name string) bool { return set["all"] || set[name] }
}

// names reports that requested-attributes names one attribute itself.
func (c *call) names(name string) bool {
	for _, v := range find(c.request.Operation, "requested-attributes") {
		if v.V.String() == name {
			return true
		}
	}
	return false
}

// getPrinter answers Get-Printer-Attributes.
func (c *call) getPrinter() ipp.Status {
	if f := c.word("document-format"); f != "" && f != mime && f != "application/octet-stream" {
		return ipp.StatusErrorDocumentFormatNotSupported
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	want := c.wanted(nil)
	// media-col-database is answered only when it is named (PWG 5100.7 §6.3).
	database := c.names("media-col-database")
	add := func(group string, list []ipp.Attribute) {
		for _, a := range list {
			hidden := a.Name == "media-col-database" && !database
			if !hidden && (want(a.Name) || want(group)) {
				c.answer.Printer.Add(a)
			}
		}
	}
	add("printer-description", c.p.description())
	add("printer-description", c.p.condition())
	add("job-template", c.p.template())
	return ipp.StatusOk
}

// getJobs answers Get-Jobs: newest first for completed ones, oldest first for the others.
func (c *call) getJobs() ipp.Status {
	which := c.word("which-jobs")
	if which != "" && which != "completed" && which != "not-completed" {
		c.unsupported(find(c.request.Operation, "which-jobs"), "which-jobs")
		return ipp.StatusErrorAttributesOrValues
	}
	limit := 1 << 30
	if v := find(c.request.Operation, "limit"); len(v) > 0 {
		if n, ok := v[0].V.(ipp.Integer); ok {
			limit = int(n)
		}
	}
	mine := find(c.request.Operation, "my-jobs")
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	list := slices.Clone(c.p.jobs)
	if which == "completed" {
		slices.Reverse(list)
	}
	c.answer.Groups = ipp.Groups{{Tag: ipp.TagOperationGroup, Attrs: c.answer.Operation}}
	want := c.wanted([]string{"job-id", "job-uri"})
	for _, j := range list {
		other := len(mine) > 0 && mine[0].V == ipp.Boolean(true) && j.user != c.user()
		if j.state.final() != (which == "completed") || other || limit == 0 {
			continue
		}
		limit--
		g := ipp.Group{Tag: ipp.TagJobGroup}
		for _, a := range c.p.jobDescription(j) {
			if want(a.Name) || want("job-description") {
				g.Add(a)
			}
		}
		c.answer.Groups.Add(g)
	}
	return ipp.StatusOk
}

// user is who asks.
func (c *call) user() string {
	if u := c.word("requesting-user-name"); u != "" {
		return u
	}
	return "anonymous"
}

// job finds the job that is meant, by number or address. mu is held.
func (c *call) job() *job {
	id := 0
	if v := find(c.request.Operation, "job-id"); len(v) > 0 {
		if n, ok := v[0].V.(ipp.Integer); ok {
			id = int(n)
		}
	} else if _, err := fmt.Sscanf(c.word("job-uri"), uri+"/%d", &id); err != nil {
		// The host may be another: only the last part counts.
		_, tail, _ := strings.Cut(c.word("job-uri"), "/ipp/print/")
		if _, err := fmt.Sscan(tail, &id); err != nil {
			return nil
		}
	}
	for _, j := range c.p.jobs {
		if j.id == id {
			return j
		}
	}
	return nil
}

// getJob answers Get-Job-Attributes.
func (c *call) getJob() ipp.Status {
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	j := c.job()
	if j == nil {
		return ipp.StatusErrorNotFound
	}
	want := c.wanted(nil)
	for _, a := range c.p.jobDescription(j) {
		if want(a.Name) || want("job-description") {
			c.answer.Job.Add(a)
		}
	}
	return ipp.StatusOk
}

// unsupported puts an attribute into the group of the same name.
func (c *call) unsupported(v ipp.Values, name string) {
	c.answer.Unsupported.Add(ipp.Attribute{Name: name, Values: v})
}

// takes gives the values that a job attribute may have; nil = any.
var takes = map[string][]string{
	"media": {mediaA4}, "sides": sidesWords, "print-scaling": {"none"}, "print-color-mode": {"monochrome"},
	"copies": {"1"}, "number-up": {"1"}, "print-quality": {"4", "5"}, "printer-resolution": {"600x600dpi"},
	"orientation-requested": {"3"}, "output-bin": {"face-down"}, "finishings": {"3"}, "media-col": nil,
}

// check looks at the job's attributes. Without fidelity, what is not known is left out (RFC 8011 §4.2.1.2).
func (c *call) check() ipp.Status {
	if f := c.word("document-format"); f != "" && f != mime && f != "application/octet-stream" {
		c.unsupported(find(c.request.Operation, "document-format"), "document-format")
		return ipp.StatusErrorDocumentFormatNotSupported
	}
	if z := c.word("compression"); z != "" && z != "none" {
		c.unsupported(find(c.request.Operation, "compression"), "compression")
		return ipp.StatusErrorCompressionNotSupported
	}
	for _, a := range c.request.Job {
		values, known := takes[a.Name]
		if !known || values != nil && len(a.Values) > 0 && !slices.Contains(values, a.Values[0].V.String()) {
			c.unsupported(a.Values, a.Name)
		}
	}
	if len(c.answer.Unsupported) == 0 {
		return ipp.StatusOk
	}
	if v := find(c.request.Operation, "ipp-attribute-fidelity"); len(v) > 0 && v[0].V == ipp.Boolean(true) {
		return ipp.StatusErrorAttributesOrValues
	}
	return ipp.StatusOkIgnoredOrSubstituted
}

// validate answers Validate-Job.
func (c *call) validate() ipp.Status { return c.check() }

// create answers Create-Job.
func (c *call) create() ipp.Status {
	status := c.check()
	if status < ipp.StatusErrorBadRequest {
		c.describeNew(c.start())
	}
	return status
}

// start makes the job.
func (c *call) start() *job {
	sides := "one-sided"
	if v := find(c.request.Job, "sides"); len(v) > 0 && slices.Contains(sidesWords, v[0].V.String()) {
		sides = v[0].V.String()
	}
	name := c.word("job-name")
	if name == "" {
		name = "untitled"
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	return c.p.newJob(name, c.user(), sides)
}

// describeNew answers with what RFC 8011 §4.2.1.2 wants.
func (c *call) describeNew(j *job) {
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	for _, a := range c.p.jobDescription(j) {
		switch a.Name {
		case "job-id", "job-uri", "job-uuid", "job-state", "job-state-reasons":
			c.answer.Job.Add(a)
		}
	}
}

// send answers Send-Document.
func (c *call) send() ipp.Status {
	last := find(c.request.Operation, "last-document")
	if len(last) == 0 {
		return ipp.StatusErrorBadRequest
	}
	c.p.mu.Lock()
	j := c.job()
	switch {
	case j == nil:
		c.p.mu.Unlock()
		return ipp.StatusErrorNotFound
	case j.sent && !j.state.final():
		c.p.mu.Unlock()
		return ipp.StatusErrorMultipleJobsNotSupported
	case j.state != jobHeld:
		c.p.mu.Unlock()
		return ipp.StatusErrorNotPossible
	}
	j.sent = true
	c.p.mu.Unlock()
	if status := c.check(); status >= ipp.StatusErrorBadRequest {
		return status
	}
	if err := c.p.receive(j, c.document); err != nil {
		return ipp.StatusErrorDocumentFormatError
	}
	c.describeNew(j)
	return ipp.StatusOk
}

// print answers Print-Job.
func (c *call) print() ipp.Status {
	status := c.check()
	if status >= ipp.StatusErrorBadRequest {
		return status
	}
	j := c.start()
	if err := c.p.receive(j, c.document); err != nil {
		return ipp.StatusErrorDocumentFormatError
	}
	c.describeNew(j)
	return status
}

// cancel answers Cancel-Job.
func (c *call) cancel() ipp.Status {
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	j := c.job()
	if j == nil {
		return ipp.StatusErrorNotFound
	}
	if j.state.final() {
		return ipp.StatusErrorNotPossible
	}
	j.finish(jobCanceled, "job-canceled-by-user")
	c.p.wake()
	return ipp.StatusOk
}
