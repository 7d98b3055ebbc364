/// The OpenCL backend: devices, their memory, and images bound to them.
@NullMarked
package org.nnlang.opencl;

import org.jspecify.annotations.NullMarked;
