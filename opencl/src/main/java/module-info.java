/// Runs programs on OpenCL devices. Found by the runtime as a service; nothing in it is called by name.
///
/// It calls native code: `--enable-native-access=org.nnlang.opencl`, or `ALL-UNNAMED` on the class path.
module org.nnlang.opencl {
    requires transitive org.nnlang.runtime;
    requires static org.jspecify;

    provides org.nnlang.runtime.program.Backend with org.nnlang.opencl.OpenClBackend;
}
