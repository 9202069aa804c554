// Package cctalk speaks ccTalk 4.7 to a coin acceptor, an escrow and payout hoppers on one serial line: frames,
// retries and what each device's commands mean. What moves money is sent once; where its answer is lost the device is
// asked what it did. Package coin above it is the one that knows of deposits.
//
// Sources: ccTalk generic specification issue 4.7, parts 1-4; Money Controls SCH2 manual TSP016.
package cctalk
