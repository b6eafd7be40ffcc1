#include "gate/http/message.h"
