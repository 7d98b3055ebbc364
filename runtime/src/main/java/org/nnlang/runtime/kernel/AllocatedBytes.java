package org.nnlang.runtime.kernel;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/// How much the current thread has allocated: whoever has vector code compiled sees by it whether the code still makes objects of
/// vectors.
public final class AllocatedBytes {
    private static final boolean KNOWN =
            ModuleLayer.boot().findModule("jdk.management").isPresent() && Counter.isOn();

    private AllocatedBytes() {}

    /// Whether the virtual machine counts them.
    public static boolean isKnown() {
        return KNOWN;
    }

    /// Bytes, or 0 where they are not counted.
    public static long ofThisThread() {
        return KNOWN ? Counter.THREADS.getCurrentThreadAllocatedBytes() : 0;
    }

    /// In a class of its own, as the module may be absent.
    private static final class Counter {
        private static final ThreadMXBean THREADS = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

        static boolean isOn() {
            return THREADS.isThreadAllocatedMemorySupported() && THREADS.isThreadAllocatedMemoryEnabled();
        }
    }
}
