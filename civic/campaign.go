package civic

import (
	"errors"
	"fmt"
)

// CampaignState is where a message to many stands.
type CampaignState string

// The states of a message to many.
const (
	CampaignDraft     CampaignState = "draft"     // being written: nobody receives anything
	CampaignRunning   CampaignState = "running"   // letters are made and leave
	CampaignPaused    CampaignState = "paused"    // nothing is made, nothing leaves, nothing is lost
	CampaignCancelled CampaignState = "cancelled" // for good: what had not left never does
	CampaignDone      CampaignState = "done"      // every letter was made, and left or was ended
)

// CampaignStep is what is done to a message to many.
type CampaignStep string

// The steps.
const (
	ConfirmCampaign CampaignStep = "confirm"
	PauseCampaign   CampaignStep = "pause"
	ResumeCampaign  CampaignStep = "resume"
	CancelCampaign  CampaignStep = "cancel"
	FinishCampaign  CampaignStep = "finish" // by the clock
)

// ErrCampaignStep: the message is not in a state from which the step is made.
var ErrCampaignStep = errors.New("not a step of this message to many")

// After is the state after a step; ErrCampaignStep when it is none.
func (s CampaignState) After(step CampaignStep) (CampaignState, error) {
	switch {
	case step == ConfirmCampaign && s == CampaignDraft:
		return CampaignRunning, nil
	case step == PauseCampaign && s == CampaignRunning:
		return CampaignPaused, nil
	case step == ResumeCampaign && s == CampaignPaused:
		return CampaignRunning, nil
	case step == CancelCampaign && (s == CampaignDraft || s == CampaignRunning || s == CampaignPaused):
		return CampaignCancelled, nil
	case step == FinishCampaign && s == CampaignRunning:
		return CampaignDone, nil
	}
	return s, fmt.Errorf("%w: %s from %s", ErrCampaignStep, step, s)
}

// May says whether a step may be made.
func (s CampaignState) May(step CampaignStep) bool {
	_, err := s.After(step)
	return err == nil
}

// Over says whether nothing happens to it any more.
func (s CampaignState) Over() bool { return s == CampaignCancelled || s == CampaignDone }
