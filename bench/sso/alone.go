package main

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"runtime"
	"syscall"
	"time"
)

// measured is how much was done, and what processor time it took.
type measured struct {
	done                int64
	product, postgresql time.Duration
}

func (m measured) plus(n measured) measured {
	return measured{m.done + n.done, m.product + n.product, m.postgresql + n.postgresql}
}

func (m measured) used() time.Duration { return m.product + m.postgresql }

// each is the processor time of one.
func (m measured) each() time.Duration { return m.used() / time.Duration(max(m.done, 1)) }

func per(d time.Duration, n int64) time.Duration { return d / time.Duration(max(n, 1)) }

// signatures measures RSA-2048 signatures alone.
func signatures(key *rsa.PrivateKey, each time.Duration) (measured, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	digest := sha256.Sum256([]byte("what is signed"))
	before, began := threadTime(), time.Now()
	var m measured
	for time.Since(began) < each {
		for range 20 {
			if _, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, digest[:]); err != nil {
				return m, err
			}
			m.done++
		}
	}
	m.product = threadTime() - before
	return m, nil
}

// threadTime is the processor time of the thread that asks.
func threadTime() time.Duration {
	const thisThread = 1 // RUSAGE_THREAD, getrusage(2)
	var used syscall.Rusage
	if err := syscall.Getrusage(thisThread, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
