/*
 * subject.h - a sample and all its controls, in the making
 */
#ifndef COLA_SUBJECT_H
#define COLA_SUBJECT_H

#include "control/again.h"
#include "control/controls.h"
#include "control/decoy.h"
#include "control/pass.h"
#include "control/siblings.h"

/* A sample and all its controls. */
struct cola_subject {
    const struct cola_controls *controls;
    const struct cola_past *past;
    const struct cola_item *item;
    int wrong;                          /* is the ordinary chain? */
    struct cola_own_answer own;
    struct cola_decoy decoy;
    struct cola_again decoyed, kept;
    struct cola_pass pass;
    enum cola_kinship kinship;
    struct cola_trial trial;
    enum cola_mark *fixed;              /* [controls->fixed.set.count] */
    enum cola_status status;            /* of what is done in parallel */
    struct cola_error error;
};

/* Is CONTROL asked for? */
int cola_wants(const struct cola_controls *controls, enum cola_control control);

/* Append the members of its controls, those that are asked for. */
void cola_subject_add(struct cola_buffer *b, const struct cola_subject *subject);

#endif
