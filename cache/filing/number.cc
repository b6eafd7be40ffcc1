#include "cache/filing/number.h"
