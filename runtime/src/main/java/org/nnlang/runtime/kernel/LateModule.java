package org.nnlang.runtime.kernel;

/// Brings a module of the JDK into a virtual machine that has started without it, where its command line allows that:
///
/// ```
/// --add-exports java.base/jdk.internal.module=ALL-UNNAMED -XX:+UnlockExperimentalVMOptions -XX:+EnableVectorSupport
/// ```
///
/// The JVM keeps its own module graph, and linked classes and lambdas with it, in an archive only where no incubator module
/// is named at the start; so this saves a third of a short run. It is the way in which agents bring their module, and no
/// interface: the launcher tries it once for the JDK at hand, and otherwise starts with `--add-modules`.
final class LateModule {
    private static final String INTERNAL = "jdk.internal.module";

    private LateModule() {}

    /// Whether the module is there now.
    static boolean load(String name) {
        Module own = LateModule.class.getModule();
        if (!Object.class.getModule().isExported(INTERNAL, own)) {
            return false;
        }
        try {
            Object loaded = Class.forName(INTERNAL + ".Modules").getMethod("loadModule", String.class)
                    .invoke(null, name);
            return loaded instanceof Module module && module.getName().equals(name) && own.canRead(module);
        } catch (ReflectiveOperationException | RuntimeException | LinkageError _) {
            return false;
        }
    }
}
