/**
 * The Maven plugin. Its goals run the <code>nn</code> command in a JVM of its own, a JDK 25, and bring what it says into
 * the build.
 */
@NullMarked
package org.nnlang.maven;

import org.jspecify.annotations.NullMarked;
