package org.nnlang.runtime.kernel;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/// How much the current thread has allocated, where the virtual machine says so. In a class of its own, as the module may be absent.
final class AllocatedBytes {
    private static final ThreadMXBean THREADS = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

    private AllocatedBytes() {}

    /// Whether it can be asked.
    static boolean isKnown() {
        return ModuleLayer.boot().findModule("jdk.management").isPresent();
    }

    /// Bytes, or a negative number where it is not counted.
    static long ofThisThread() {
        return THREADS.getCurrentThreadAllocatedBytes();
    }
}
