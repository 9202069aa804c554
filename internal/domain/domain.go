// Package domain holds the words of the trade: ids, money, dates, kinds of certificate, reasons for a refusal.
//
// Everything imports it and it imports nothing of ours. It has no effects: no clock, no file, no network; the one
// exception is that new ids are drawn from crypto/rand (rule D-01: unique by construction, never from time).
// Terms are those of the glossary in docs/glossary.md.
package domain
