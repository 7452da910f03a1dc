/// Speaks: the command line.
module opm.app {
    requires opm.resolver;
    requires info.picocli;
    requires tools.jackson.core;
    requires static org.jspecify;
}
