#include "cache/feed/feed.h"
