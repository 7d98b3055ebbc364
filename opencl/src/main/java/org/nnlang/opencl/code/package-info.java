/// OpenCL C for the steps of an image.
@NullMarked
package org.nnlang.opencl.code;

import org.jspecify.annotations.NullMarked;
