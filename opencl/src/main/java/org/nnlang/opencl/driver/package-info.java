/// OpenCL's functions, called through `java.lang.foreign`.
@NullMarked
package org.nnlang.opencl.driver;

import org.jspecify.annotations.NullMarked;
