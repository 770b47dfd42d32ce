/*
 * segments.h - can a router's labels say this chain?
 *
 * PoLar's router cuts the layers, in their order, into segments of 1 to 4 and
 * skips, keeps or doubles each (arXiv 2606.06574; its parser of paths drops,
 * without a word, those that no such cut makes).  Dr.LLM's has a number from 0
 * to 2 for each layer (arXiv 2510.12773): how often it runs, in its place.
 */
#ifndef COLA_SEGMENTS_H
#define COLA_SEGMENTS_H

#include "chain/chain.h"

/* Is CHAIN, for a model of LAYERS layers, made of such segments?  Needs memory
 * for CHAIN->len + 1 bytes; without it the answer is -1. */
int cola_segments_parse(const struct cola_chain *chain, int layers);

/* Does every layer stand in its place, at most twice? */
int cola_counts_suffice(const struct cola_chain *chain);

#endif
