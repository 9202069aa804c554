package issuingapi

import (
	"context"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
)

// operation is one row of the interface: its name, the longest time it may take, and its two bodies.
type operation struct {
	name     string
	deadline time.Duration
	serve    func(context.Context, *served) (answer func(*codec), err error)
}

// served is one request in the hands of the server.
type served struct {
	body      *codec
	finish    func() error // demands that nothing follows the request
	authorize func(domain.MunicipalityCode) error
	service   Service
}

// request is what every request type can say: for whom it is, and the time left where it carries one.
type request interface {
	home() domain.MunicipalityCode
	left() (time.Duration, bool)
}

// verb ties the two bodies of an operation to the method of Service; client and server share it.
type verb[Q request, A any] struct {
	name     string
	deadline time.Duration
	ask      func(*codec, *Q)
	answer   func(*codec, *A)
	method   func(Service, context.Context, Q) (A, error)
}

// soapAction of an operation.
func soapAction(name string) string { return Namespace + ":" + name }

// The operations of the interface with their deadlines (server §2.1).
var (
	getServiceCatalogue = verb[CatalogueRequest, Catalogue]{
		"getServiceCatalogue", 5 * time.Second, walkCatalogueRequest, walkCatalogue, Service.GetServiceCatalogue,
	}
	getCardHomes = verb[CardHomesRequest, CardHomes]{
		"getCardHomes", 10 * time.Second, walkHomesRequest, walkHomes, Service.GetCardHomes,
	}
	getApplicantChoices = verb[ChoicesRequest, ChoicesAnswer]{
		"getApplicantChoices", 8 * time.Second, walkChoicesRequest, walkChoices, Service.GetApplicantChoices,
	}
	issueCertificate = verb[IssueRequest, IssueAnswer]{
		"issueCertificate", 30 * time.Second, walkIssueRequest, walkIssue, Service.IssueCertificate,
	}
	getStatus = verb[StatusRequest, StatusAnswer]{
		"getStatus", 3 * time.Second, walkStatusRequest, walkStatus, Service.GetStatus,
	}
	cancel = verb[CancelRequest, StatusAnswer]{
		"cancel", 3 * time.Second, walkCancel, walkStatus, Service.Cancel,
	}
	confirmPrinted = verb[ConfirmRequest, StatusAnswer]{
		"confirmPrinted", 10 * time.Second, walkConfirm, walkStatus, Service.ConfirmPrinted,
	}
	heartbeat = verb[HeartbeatRequest, HeartbeatAnswer]{
		"heartbeat", 3 * time.Second, walkHeartbeatRequest, walkHeartbeat, Service.Heartbeat,
	}
)

func operations() map[string]operation {
	all := []operation{
		getServiceCatalogue.operation(), getCardHomes.operation(), getApplicantChoices.operation(),
		issueCertificate.operation(), getStatus.operation(), cancel.operation(), confirmPrinted.operation(),
		heartbeat.operation(),
	}
	byName := make(map[string]operation, len(all))
	for _, o := range all {
		byName[o.name] = o
	}
	return byName
}

func (v verb[Q, A]) operation() operation {
	return operation{v.name, v.deadline, func(ctx context.Context, s *served) (func(*codec), error) {
		var q Q
		s.body.group(v.name, func() { v.ask(s.body, &q) })
		if s.body.err != nil {
			return nil, s.body.err
		}
		if err := s.finish(); err != nil {
			return nil, err
		}
		if err := s.authorize(q.home()); err != nil {
			return nil, err
		}
		if left, told := q.left(); told {
			if left <= 0 {
				return nil, protocol(CodeDeadlinePassed, "no time was left on arrival")
			}
			var stop context.CancelFunc
			ctx, stop = context.WithTimeout(ctx, left)
			defer stop()
		}
		a, err := v.method(s.service, ctx, q)
		if err != nil {
			return nil, err
		}
		return func(c *codec) { c.group(v.name+"Response", func() { v.answer(c, &a) }) }, nil
	}}
}

func (r CatalogueRequest) home() domain.MunicipalityCode { return r.Municipality }
func (r CardHomesRequest) home() domain.MunicipalityCode { return r.Municipality }
func (r ChoicesRequest) home() domain.MunicipalityCode   { return r.Binding.Municipality }
func (r IssueRequest) home() domain.MunicipalityCode     { return r.Binding.Municipality }
func (r StatusRequest) home() domain.MunicipalityCode    { return r.Binding.Municipality }
func (r CancelRequest) home() domain.MunicipalityCode    { return r.Binding.Municipality }
func (r ConfirmRequest) home() domain.MunicipalityCode   { return r.Binding.Municipality }
func (r HeartbeatRequest) home() domain.MunicipalityCode { return r.Municipality }

func (r CatalogueRequest) left() (time.Duration, bool) { return 0, false }
func (r CardHomesRequest) left() (time.Duration, bool) { return 0, false }
func (r ChoicesRequest) left() (time.Duration, bool)   { return r.TimeLeft, true }
func (r IssueRequest) left() (time.Duration, bool)     { return r.TimeLeft, true }
func (r StatusRequest) left() (time.Duration, bool)    { return 0, false }
func (r CancelRequest) left() (time.Duration, bool)    { return 0, false }
func (r ConfirmRequest) left() (time.Duration, bool)   { return 0, false }
func (r HeartbeatRequest) left() (time.Duration, bool) { return 0, false }
