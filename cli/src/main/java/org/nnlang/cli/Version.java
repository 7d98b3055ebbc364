package org.nnlang.cli;

import picocli.CommandLine.IVersionProvider;

/// What `nn --version` prints: of nnlang and of the Java that runs it.
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String own = Main.class.getModule().getDescriptor() == null
                ? Main.class.getPackage().getImplementationVersion()
                : Main.class.getModule().getDescriptor().rawVersion().orElse("development");
        return new String[] {"nn " + (own == null ? "development" : own), "Java " + Runtime.version()};
    }
}
