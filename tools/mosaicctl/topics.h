/* topics: brings the broker's topics in line with the contract's topic table.
 * Owns nothing; each call makes and frees its own client. */
#ifndef MOSAIC_MOSAICCTL_TOPICS_H
#define MOSAIC_MOSAICCTL_TOPICS_H

/* `mosaicctl topics create|list`; argv[0] is "topics". Returns the exit code. Brokers and
 * their properties come from the environment, as for the other commands. */
int ctl_topics(int argc, char **argv);

#endif
