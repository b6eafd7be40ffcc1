#include "cache/snapshot/generation.h"
#include "cache/snapshot/seal.h"
#include "cache/snapshot/snapshot_writer.h"
