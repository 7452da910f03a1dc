/* SPDX-License-Identifier: MIT
 *
 * PackageKit's backend `presolve`: hands every job to a helper, a process that is started when there
 * is one and that leaves when there is none. This file moves lines between the two and decides
 * nothing. The lines: docs/formats/packagekit.md.
 *
 * /etc/PackageKit/PackageKit.conf:
 *
 *   [Daemon]
 *   DefaultBackend=presolve
 *   [Presolve]
 *   Helper=/usr/bin/opm packagekit            any command that speaks these lines; no shell reads it
 *   Socket=/run/packagekit-presolve.socket
 *   PerJob=false                              true: a helper for each job, its lines on fd 0 and 1
 *
 * Usually one helper serves all jobs, each on a connection of its own to a socket that this module
 * listens on and that the helper inherits as fd 0. A connection waits in the socket's queue while a
 * helper starts, or while one that was about to leave is followed by the next.
 *
 * packagekitd gives each job a thread (`run`). Shared by them is only what `lock` guards.
 */
#include "pk-abi.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <gmodule.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define USUAL_HELPER "/usr/bin/opm packagekit"
#define USUAL_SOCKET "/run/packagekit-presolve.socket"
#define QUEUE 64		 /* connections that wait for a helper */
#define LINE_BYTES (1 << 20)	 /* the longest line that is taken from a helper */
#define FIELDS (1 << 16)	 /* and how many fields it may have */
#define STARTS 3		 /* helpers that may leave without a word before a job is given up */
#define TICK_MS 500
#define CANCEL_SECONDS 30	 /* until a helper that was asked to stop is believed dead */
#define PERCENTAGE_UNKNOWN 101

/* Eight arguments until 1.3.2, with a `_full` of nine beside it; these nine since 1.3.3. */
typedef void (*Details) (PkBackendJob *, const gchar *id, const gchar *summary, const gchar *license,
			 PkGroupEnum, const gchar *description, const gchar *url, gulong size,
			 guint64 download_size);

static struct {
	Details details;
	gchar **helper;
	gchar *socket_path;
	gboolean per_job;
	int listening;
	int listen_errno;
} presolve = { .listening = -1 };

static GMutex lock;
static GPid helper_pid;	  /* 0: none runs */
static guint helper_starts; /* how often one was started, so that a job sees that it was */

/* ---- fields: a line, between tabs, \\ \t \n \r escaped ------------------------------------- */

static void
put (GString *line, const gchar *text)
{
	g_string_append_c (line, '\t');
	for (; text != NULL && *text != '\0'; text++) {
		switch (*text) {
		case '\t': g_string_append (line, "\\t"); break;
		case '\n': g_string_append (line, "\\n"); break;
		case '\r': g_string_append (line, "\\r"); break;
		case '\\': g_string_append (line, "\\\\"); break;
		default: g_string_append_c (line, *text);
		}
	}
}

/* All arguments of all methods are of these five types. */
static void
put_argument (GString *lines, GVariant *value)
{
	g_string_append_printf (lines, "arg\t%s", g_variant_get_type_string (value));
	if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY)) {
		g_autofree const gchar **texts = g_variant_get_strv (value, NULL);
		for (const gchar **text = texts; *text != NULL; text++)
			put (lines, *text);
	} else if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)) {
		put (lines, g_variant_get_string (value, NULL));
	} else {
		g_autofree gchar *text = g_variant_print (value, FALSE);
		put (lines, text);
	}
	g_string_append_c (lines, '\n');
}

/* D-Bus takes valid UTF-8 without zeros, and closes the connection of whoever sends other things. */
static void
unescape (gchar *field)
{
	gchar *to = field;
	for (const gchar *from = field; *from != '\0'; from++) {
		gchar c = *from;
		if (c == '\\' && from[1] != '\0') {
			c = *++from;
			c = c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c;
		}
		*to++ = c;
	}
	*to = '\0';
}

static gchar **
split (const gchar *line)
{
	gchar **fields = g_strsplit (line, "\t", FIELDS);
	for (gchar **field = fields; *field != NULL; field++) {
		unescape (*field);
		if (!g_utf8_validate (*field, -1, NULL)) {
			gchar *valid = g_utf8_make_valid (*field, -1);
			g_free (*field);
			*field = valid;
		}
	}
	return fields;
}

/* ---- the helper ---------------------------------------------------------------------------- */

static gboolean
fill (struct sockaddr_un *address)
{
	memset (address, 0, sizeof *address);
	address->sun_family = AF_UNIX;
	return g_strlcpy (address->sun_path, presolve.socket_path, sizeof address->sun_path) <
	       sizeof address->sun_path;
}

static void
start_listening (void)
{
	struct sockaddr_un address;
	mode_t mask;

	if (!fill (&address)) {
		presolve.listen_errno = ENAMETOOLONG;
		return;
	}
	presolve.listening = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	unlink (presolve.socket_path);
	mask = umask (0177);
	if (presolve.listening < 0 ||
	    bind (presolve.listening, (struct sockaddr *) &address, sizeof address) != 0 ||
	    listen (presolve.listening, QUEUE) != 0) {
		presolve.listen_errno = errno;
		g_warning ("presolve: %s: %s", presolve.socket_path, g_strerror (errno));
	}
	umask (mask);
}

static void
helper_left (GPid pid, gint status, gpointer unused)
{
	g_mutex_lock (&lock);
	if (helper_pid == pid)
		helper_pid = 0;
	g_mutex_unlock (&lock);
	g_spawn_close_pid (pid);
}

/* packagekitd cleared its environment; all its files but these are closed in the helper. */
static gboolean
spawn (int in, int out, GPid *pid, GError **error)
{
	gchar *environment[] = { "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
				 "LANG=C.UTF-8", "HOME=/root", "USER=root", NULL };
	GPid child;

	if (!g_spawn_async_with_fds ("/", presolve.helper, environment,
				     G_SPAWN_SEARCH_PATH_FROM_ENVP | G_SPAWN_DO_NOT_REAP_CHILD, NULL,
				     NULL, &child, in, out, -1, error))
		return FALSE;
	g_child_watch_add (child, helper_left, NULL);
	if (pid != NULL)
		*pid = child;
	return TRUE;
}

/* Starts the helper unless it runs. Returns how many were started until now. */
static guint
ensure_helper (GError **error)
{
	guint starts;

	g_mutex_lock (&lock);
	if (helper_pid == 0 && spawn (presolve.listening, -1, &helper_pid, error))
		helper_starts++;
	starts = helper_starts;
	g_mutex_unlock (&lock);
	return starts;
}

/* Returns a connection to a helper, -1 where there is none. */
static int
helper_connection (GError **error)
{
	int pair[2] = { -1, -1 };
	struct sockaddr_un address;
	int problem, twin;
	gboolean started;

	if (presolve.per_job) {
		if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
			problem = errno;
		} else {
			twin = fcntl (pair[1], F_DUPFD_CLOEXEC, 3);
			started = spawn (pair[1], twin, NULL, error);
			close (pair[1]);
			close (twin);
			if (started)
				return pair[0];
			close (pair[0]);
			return -1;
		}
	} else if (presolve.listen_errno != 0) {
		problem = presolve.listen_errno;
	} else {
		pair[0] = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		fill (&address);
		if (pair[0] >= 0 &&
		    connect (pair[0], (struct sockaddr *) &address, sizeof address) == 0) {
			ensure_helper (error);
			if (*error == NULL)
				return pair[0];
			close (pair[0]);
			return -1;
		}
		problem = errno;
		if (pair[0] >= 0)
			close (pair[0]);
	}
	g_set_error (error, G_IO_ERROR, g_io_error_from_errno (problem), "%s: %s",
		     presolve.socket_path, g_strerror (problem));
	return -1;
}

static gboolean
send_all (int fd, const gchar *bytes, gsize count)
{
	while (count > 0) {
		ssize_t sent = send (fd, bytes, count, MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return FALSE;
		bytes += sent;
		count -= sent;
	}
	return TRUE;
}

/* ---- what a helper says -------------------------------------------------------------------- */

static guint
percent (const gchar *text)
{
	return (guint) MIN (g_ascii_strtoull (text, NULL, 10), 100);
}

static gboolean
is_on (const gchar *text)
{
	return g_str_equal (text, "1");
}

static void
update_detail (PkBackendJob *job, gchar **field)
{
	gchar **list[5];

	for (guint i = 0; i < G_N_ELEMENTS (list); i++) /* "" makes an empty list */
		list[i] = g_strsplit (field[2 + i], "\n", -1);
	pk_backend_job_update_detail (job, field[1], list[0], list[1], list[2], list[3], list[4],
				      pk_restart_enum_from_string (field[7]), field[8], field[9],
				      pk_update_state_enum_from_string (field[10]), field[11],
				      field[12]);
	for (guint i = 0; i < G_N_ELEMENTS (list); i++)
		g_strfreev (list[i]);
}

/* These three packagekitd takes in its main thread alone. */

static gboolean
installed_changed (gpointer backend)
{
	pk_backend_installed_db_changed (backend);
	return G_SOURCE_REMOVE;
}

static gboolean
updates_changed (gpointer backend)
{
	pk_backend_updates_changed (backend);
	return G_SOURCE_REMOVE;
}

static gboolean
repos_changed (gpointer backend)
{
	pk_backend_repo_list_changed (backend);
	return G_SOURCE_REMOVE;
}

/* Tells packagekitd what one line says. Lines that nobody knows are passed over. Returns TRUE after
 * the last one. */
static gboolean
tell (PkBackendJob *job, gchar **field)
{
	guint count = g_strv_length (field);

#define SAYS(word, fields) (count >= (fields) && g_str_equal (field[0], word))
#define HAS_ID (pk_package_id_check (field[1]))
	if (SAYS ("finished", 1))
		return TRUE;
	if (SAYS ("package", 4)) {
		if (pk_package_id_check (field[2]))
			pk_backend_job_package (job, pk_info_enum_from_string (field[1]), field[2],
						field[3]);
	} else if (SAYS ("status", 2)) {
		pk_backend_job_set_status (job, pk_status_enum_from_string (field[1]));
	} else if (SAYS ("percentage", 2)) {
		pk_backend_job_set_percentage (
			job, g_str_equal (field[1], "-") ? PERCENTAGE_UNKNOWN : percent (field[1]));
	} else if (SAYS ("item-progress", 4)) {
		if (HAS_ID)
			pk_backend_job_set_item_progress (
				job, field[1], pk_status_enum_from_string (field[2]),
				percent (field[3]));
	} else if (SAYS ("speed", 2)) {
		pk_backend_job_set_speed (
			job, (guint) MIN (g_ascii_strtoull (field[1], NULL, 10), G_MAXUINT));
	} else if (SAYS ("download-size-remaining", 2)) {
		pk_backend_job_set_download_size_remaining (
			job, g_ascii_strtoull (field[1], NULL, 10));
	} else if (SAYS ("allow-cancel", 2)) {
		pk_backend_job_set_allow_cancel (job, is_on (field[1]));
	} else if (SAYS ("locked", 2)) {
		pk_backend_job_set_locked (job, is_on (field[1]));
	} else if (SAYS ("details", 9)) {
		if (HAS_ID && presolve.details != NULL)
			presolve.details (job, field[1], field[2], field[3],
					  pk_group_enum_from_string (field[4]), field[5], field[6],
					  g_ascii_strtoull (field[7], NULL, 10),
					  g_ascii_strtoull (field[8], NULL, 10));
	} else if (SAYS ("files", 2)) {
		if (HAS_ID)
			pk_backend_job_files (job, field[1], field + 2);
	} else if (SAYS ("update-detail", 13)) {
		if (HAS_ID)
			update_detail (job, field);
	} else if (SAYS ("repo-detail", 4)) {
		pk_backend_job_repo_detail (job, field[1], field[2], is_on (field[3]));
	} else if (SAYS ("category", 6)) {
		pk_backend_job_category (job, field[1], field[2], field[3], field[4], field[5]);
	} else if (SAYS ("require-restart", 3)) {
		if (pk_package_id_check (field[2]))
			pk_backend_job_require_restart (
				job, pk_restart_enum_from_string (field[1]), field[2]);
	} else if (SAYS ("installed-db-changed", 1)) {
		g_idle_add (installed_changed, pk_backend_job_get_backend (job));
	} else if (SAYS ("updates-changed", 1)) {
		g_idle_add (updates_changed, pk_backend_job_get_backend (job));
	} else if (SAYS ("repo-list-changed", 1)) {
		g_idle_add (repos_changed, pk_backend_job_get_backend (job));
	} else if (SAYS ("error", 3)) {
		if (!pk_backend_job_has_set_error_code (job))
			pk_backend_job_error_code (job, pk_error_enum_from_string (field[1]), "%s",
						   field[2]);
	} else {
		g_debug ("presolve: passed over %s with %u fields", field[0], count);
	}
#undef SAYS
#undef HAS_ID
	return FALSE;
}

/* Takes all whole lines from what has arrived. Returns TRUE after the last one of the job. */
static gboolean
tell_lines (PkBackendJob *job, GString *arrived)
{
	gsize start = 0;
	gboolean finished = FALSE;

	while (!finished) {
		gchar *line = arrived->str + start;
		gchar *end = memchr (line, '\n', arrived->len - start);
		g_auto (GStrv) fields = NULL;

		if (end == NULL)
			break;
		*end = '\0';
		start = end + 1 - arrived->str;
		fields = split (line);
		if (fields[0] != NULL)
			finished = tell (job, fields);
	}
	g_string_erase (arrived, 0, start);
	return finished;
}

/* ---- a job --------------------------------------------------------------------------------- */

static GString *
question (PkBackendJob *job, GVariant *arguments)
{
	GString *lines = g_string_new ("job");
	g_autofree gchar *locale =
		g_strconcat ("locale=", pk_backend_job_get_locale (job), NULL);

	put (lines, pk_role_enum_to_string (pk_backend_job_get_role (job)));
	g_string_append_printf (lines, "\tuid=%u\tinteractive=%d\tbackground=%d\tcache-age=%u",
				pk_backend_job_get_uid (job), pk_backend_job_get_interactive (job),
				pk_backend_job_get_background (job),
				pk_backend_job_get_cache_age (job));
	put (lines, locale);
	g_string_append_c (lines, '\n');
	for (gsize i = 0; arguments != NULL && i < g_variant_n_children (arguments); i++) {
		g_autoptr (GVariant) value = g_variant_get_child_value (arguments, i);
		put_argument (lines, value);
	}
	g_string_append (lines, "go\n");
	return lines;
}

/* Moves lines until the job is finished, its helper is gone, or it has been cancelled for too long.
 * Returns whether it was finished. */
static gboolean
converse (PkBackendJob *job, int fd, int cancel_fd)
{
	GCancellable *cancellable = pk_backend_job_get_cancellable (job);
	g_autoptr (GString) arrived = g_string_new (NULL);
	gboolean answered = FALSE;
	gint64 give_up = G_MAXINT64;
	guint first;

	g_mutex_lock (&lock);
	first = helper_starts;
	g_mutex_unlock (&lock);
	while (arrived->len <= LINE_BYTES && g_get_monotonic_time () < give_up) {
		gboolean cancelled = give_up != G_MAXINT64;
		struct pollfd wait[2] = { { fd, POLLIN, 0 }, { cancelled ? -1 : cancel_fd, POLLIN, 0 } };
		gchar piece[16384];
		ssize_t count;

		if (poll (wait, 2, TICK_MS) == 0 && !answered && !presolve.per_job) {
			/* The last helper may have left before it saw this connection. */
			g_autoptr (GError) error = NULL;
			if (ensure_helper (&error) - first > STARTS || error != NULL)
				return FALSE;
		}
		if (!cancelled && g_cancellable_is_cancelled (cancellable)) {
			give_up = g_get_monotonic_time () + CANCEL_SECONDS * G_USEC_PER_SEC;
			send_all (fd, "cancel\n", 7);
		}
		if (wait[0].revents == 0)
			continue;
		count = recv (fd, piece, sizeof piece, 0);
		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return FALSE;
		answered = TRUE;
		g_string_append_len (arrived, piece, count);
		if (tell_lines (job, arrived))
			return TRUE;
	}
	return FALSE;
}

static void
run (PkBackendJob *job, GVariant *arguments)
{
	GCancellable *cancellable = pk_backend_job_get_cancellable (job);
	GPollFD cancel = { .fd = -1 };
	gboolean has_cancel, finished;
	g_autoptr (GError) error = NULL;
	g_autoptr (GString) lines = question (job, arguments);
	int fd = helper_connection (&error);

	if (fd < 0) {
		pk_backend_job_error_code (job, PK_ERROR_ENUM_INTERNAL_ERROR, "presolve: %s",
					   error->message);
		return;
	}
	has_cancel = g_cancellable_make_pollfd (cancellable, &cancel);
	finished = send_all (fd, lines->str, lines->len) &&
		   converse (job, fd, has_cancel ? cancel.fd : -1);
	if (has_cancel)
		g_cancellable_release_fd (cancellable);
	close (fd);
	if (finished || pk_backend_job_has_set_error_code (job))
		return;
	if (g_cancellable_is_cancelled (cancellable))
		pk_backend_job_error_code (job, PK_ERROR_ENUM_TRANSACTION_CANCELLED, "cancelled");
	else
		pk_backend_job_error_code (job, PK_ERROR_ENUM_INTERNAL_ERROR,
					   "presolve: %s went away before the job ended",
					   presolve.helper[0]);
}

/* ---- what packagekitd calls: a method exists where its symbol does -------------------------- */

/* packagekitd runs one job at a time per function: so questions do not wait for changes. */
static void
run_query (PkBackendJob *job, GVariant *arguments, gpointer unused)
{
	run (job, arguments);
}

static void
run_change (PkBackendJob *job, GVariant *arguments, gpointer unused)
{
	run (job, arguments);
}

#define METHOD(kind, name, ...)                                                                     \
	G_MODULE_EXPORT void pk_backend_##name (PkBackend *backend, PkBackendJob *job, ##__VA_ARGS__); \
	void pk_backend_##name (PkBackend *backend, PkBackendJob *job, ##__VA_ARGS__)               \
	{                                                                                           \
		pk_backend_job_thread_create (job, run_##kind, NULL, NULL);                         \
	}

METHOD (query, resolve, PkBitfield filters, gchar **names)
METHOD (query, search_names, PkBitfield filters, gchar **words)
METHOD (query, search_details, PkBitfield filters, gchar **words)
METHOD (query, search_groups, PkBitfield filters, gchar **groups)
METHOD (query, search_files, PkBitfield filters, gchar **files)
METHOD (query, what_provides, PkBitfield filters, gchar **texts)
METHOD (query, get_packages, PkBitfield filters)
METHOD (query, get_details, gchar **ids)
METHOD (query, get_details_local, gchar **files)
METHOD (query, get_files, gchar **ids)
METHOD (query, get_files_local, gchar **files)
METHOD (query, get_updates, PkBitfield filters)
METHOD (query, get_update_detail, gchar **ids)
METHOD (query, depends_on, PkBitfield filters, gchar **ids, gboolean recursive)
METHOD (query, required_by, PkBitfield filters, gchar **ids, gboolean recursive)
METHOD (query, get_repo_list, PkBitfield filters)
METHOD (query, get_categories)
METHOD (change, download_packages, gchar **ids, const gchar *folder)
METHOD (change, install_packages, PkBitfield flags, gchar **ids)
METHOD (change, install_files, PkBitfield flags, gchar **files)
METHOD (change, update_packages, PkBitfield flags, gchar **ids)
METHOD (change, remove_packages, PkBitfield flags, gchar **ids, gboolean allow_deps, gboolean autoremove)
METHOD (change, refresh_cache, gboolean force)
METHOD (change, repo_enable, const gchar *id, gboolean enabled)

#define EXPORT(type, name, ...)                              \
	G_MODULE_EXPORT type pk_backend_##name (__VA_ARGS__); \
	type pk_backend_##name (__VA_ARGS__)

/* There so that jobs can be cancelled; the thread of the job sees it. */
EXPORT (void, cancel, PkBackend *backend, PkBackendJob *job)
{
}

EXPORT (const gchar *, get_description, PkBackend *backend)
{
	return "Presolved packages, and opm";
}

EXPORT (const gchar *, get_author, PkBackend *backend)
{
	return "opm";
}

EXPORT (gboolean, supports_parallelization, PkBackend *backend)
{
	return TRUE;
}

EXPORT (gchar **, get_mime_types, PkBackend *backend)
{
	const gchar *types[] = { "application/x-rpm", "application/x-redhat-package-manager", NULL };
	return g_strdupv ((gchar **) types);
}

EXPORT (PkBitfield, get_filters, PkBackend *backend)
{
	return pk_bitfield_from_enums (PK_FILTER_ENUM_INSTALLED, PK_FILTER_ENUM_NEWEST,
				       PK_FILTER_ENUM_ARCH, PK_FILTER_ENUM_SOURCE,
				       PK_FILTER_ENUM_DEVELOPMENT, -1);
}

EXPORT (PkBitfield, get_groups, PkBackend *backend)
{
	return pk_bitfield_from_enums (
		PK_GROUP_ENUM_ADMIN_TOOLS, PK_GROUP_ENUM_COMMUNICATION, PK_GROUP_ENUM_DESKTOP_OTHER,
		PK_GROUP_ENUM_DOCUMENTATION, PK_GROUP_ENUM_EDUCATION, PK_GROUP_ENUM_FONTS,
		PK_GROUP_ENUM_GAMES, PK_GROUP_ENUM_GRAPHICS, PK_GROUP_ENUM_INTERNET,
		PK_GROUP_ENUM_LOCALIZATION, PK_GROUP_ENUM_MULTIMEDIA, PK_GROUP_ENUM_OFFICE,
		PK_GROUP_ENUM_OTHER, PK_GROUP_ENUM_PROGRAMMING, PK_GROUP_ENUM_PUBLISHING,
		PK_GROUP_ENUM_SCIENCE, PK_GROUP_ENUM_SERVERS, PK_GROUP_ENUM_SYSTEM, -1);
}

EXPORT (void, initialize, GKeyFile *conf, PkBackend *backend)
{
	g_autofree gchar *command = g_key_file_get_string (conf, "Presolve", "Helper", NULL);
	g_autoptr (GError) error = NULL;

	presolve.details = (Details) dlsym (RTLD_DEFAULT, "pk_backend_job_details_full");
	if (presolve.details == NULL)
		presolve.details = (Details) dlsym (RTLD_DEFAULT, "pk_backend_job_details");
	if (!g_shell_parse_argv (command == NULL ? USUAL_HELPER : command, NULL, &presolve.helper,
				 &error)) {
		g_warning ("presolve: Helper=%s: %s", command, error->message);
		g_shell_parse_argv (USUAL_HELPER, NULL, &presolve.helper, NULL);
	}
	presolve.per_job = g_key_file_get_boolean (conf, "Presolve", "PerJob", NULL);
	presolve.socket_path = g_key_file_get_string (conf, "Presolve", "Socket", NULL);
	if (presolve.socket_path == NULL)
		presolve.socket_path = g_strdup (USUAL_SOCKET);
	if (!presolve.per_job)
		start_listening ();
}

/* A helper without jobs ends by itself; one that changes packages must not be disturbed. */
EXPORT (void, destroy, PkBackend *backend)
{
	if (presolve.listening >= 0) {
		close (presolve.listening);
		unlink (presolve.socket_path);
		presolve.listening = -1;
	}
	g_clear_pointer (&presolve.helper, g_strfreev);
	g_clear_pointer (&presolve.socket_path, g_free);
}
