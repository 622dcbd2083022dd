package inbox

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Faults that can be switched on for a channel.
const (
	faultNone     = "none"
	faultSlow     = "slow"     // answers only after slowFault
	faultError    = "error"    // answers with a server error
	faultDrop     = "drop"     // accepts, and delivers nothing
	faultDown     = "down"     // closes the connection without an answer
	faultReject   = "reject"   // refuses for good
	faultBusy     = "busy"     // calls only
	faultNoAnswer = "noanswer" // calls only
)

const slowFault = 5 * time.Second

var faultsOf = map[string][]string{
	Mail: {faultNone, faultSlow, faultError, faultReject, faultDrop, faultDown},
	Text: {faultNone, faultSlow, faultError, faultReject, faultDrop, faultDown},
	Call: {faultNone, faultSlow, faultError, faultReject, faultDrop, faultDown, faultBusy, faultNoAnswer},
}

type faults struct {
	mu sync.Mutex
	on map[string]string
}

func newFaults() *faults {
	return &faults{on: map[string]string{Mail: faultNone, Text: faultNone, Call: faultNone}}
}

func (f *faults) of(channel string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.on[channel]
}

func (f *faults) all() map[string]string {
	f.mu.Lock()
	defer f.mu.Unlock()
	copied := map[string]string{}
	for channel, fault := range f.on {
		copied[channel] = fault
	}
	return copied
}

// set switches the faults asked for, or none if one of them is unknown. "off"
// and an empty word mean no fault.
func (f *faults) set(asked map[string]string) error {
	for channel, fault := range asked {
		if fault == "" || fault == "off" {
			asked[channel] = faultNone
		}
		known, ok := faultsOf[channel]
		if !ok || !slices.Contains(known, asked[channel]) {
			return fmt.Errorf("no fault %q for %q; there are, for mail, sms and call: %s", fault, channel, strings.Join(faultsOf[Call], ", "))
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for channel, fault := range asked {
		f.on[channel] = fault
	}
	return nil
}
