package org.nnlang.opencl.driver;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// The functions of OpenCL 1.2 that a backend needs. Objects are handles; what creates one must see it released. Every
/// method throws [OpenClException] where OpenCL answers with an error.
///
/// It is an interface so that a test can put a layer between that counts objects or fails on purpose.
public interface Driver {
    /// Where it was found, for people.
    String origin();

    List<Long> platforms();

    String platformText(long platform, int what);

    List<Long> devices(long platform);

    String deviceText(long device, int what);

    long deviceNumber(long device, int what);

    long createContext(long device);

    void releaseContext(long context);

    /// An in-order queue.
    long createQueue(long context, long device, boolean profiling);

    void releaseQueue(long queue);

    long createBuffer(long context, long flags, long bytes);

    void releaseBuffer(long buffer);

    long createProgram(long context, String source);

    /// Returns 0 where the device does not take the binary.
    long createProgram(long context, long device, byte[] binary);

    void build(long program, long device, String options);

    String buildLog(long program, long device);

    byte[] binary(long program);

    void releaseProgram(long program);

    long createKernel(long program, String name);

    void releaseKernel(long kernel);

    void argument(long kernel, int index, long bytes, MemorySegment value);

    long kernelNumber(long kernel, long device, int what);

    /// Asks for a kernel's run.
    ///
    /// @param sizes six numbers: global and local size in three dimensions
    /// @return an event, if wanted, else 0
    long enqueue(long queue, long kernel, MemorySegment sizes, boolean wantsEvent);

    /// @param blocking whether to return only when `target` is filled
    void read(long queue, long buffer, boolean blocking, long offset, long bytes, MemorySegment target);

    /// @return an event, if wanted, else 0
    long write(long queue, long buffer, boolean blocking, long offset, long bytes, MemorySegment source,
            boolean wantsEvent);

    void copy(long queue, long source, long target, long sourceOffset, long targetOffset, long bytes);

    /// Maps a buffer for writing and reading, and waits for it.
    MemorySegment map(long queue, long buffer, long bytes);

    void unmap(long queue, long buffer, MemorySegment mapped);

    void flush(long queue);

    void finish(long queue);

    void await(long event);

    void releaseEvent(long event);

    /// Nanoseconds that a kernel ran, where its queue measures.
    long duration(long event);
}
