package org.nnlang.cli;

import picocli.CommandLine.IVersionProvider;

/// What `nn --version` prints: of nnlang and of the Java that runs it.
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"nn " + own(), "Java " + Runtime.version()};
    }

    /// Its own.
    static String own() {
        String own = Main.class.getModule().getDescriptor() == null
                ? Main.class.getPackage().getImplementationVersion()
                : Main.class.getModule().getDescriptor().rawVersion().orElse("development");
        return own == null ? "development" : own;
    }
}
