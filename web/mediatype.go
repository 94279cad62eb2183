package web

import (
	"mime"
	"path"
	"strings"
)

// FileType guesses a media type by a file name's extensions, as Django's FileResponse does: the type of a compressed
// file is that of the compression, an unknown one is application/octet-stream. It has no charset.
func FileType(name string) string {
	ext := strings.ToLower(path.Ext(name))
	if t, ok := compressedTypes[ext]; ok {
		return t
	}
	if t, ok := mediaTypes[ext]; ok {
		return t
	}
	if t, _, _ := strings.Cut(mime.TypeByExtension(ext), ";"); t != "" {
		return t
	}
	return "application/octet-stream"
}

var compressedTypes = map[string]string{
	".gz": "application/gzip", ".tgz": "application/gzip", ".svgz": "application/gzip",
	".br": "application/x-brotli", ".bz2": "application/x-bzip", ".tbz2": "application/x-bzip",
	".xz": "application/x-xz", ".txz": "application/x-xz", ".z": "application/x-compress", ".zst": "application/zstd",
}

// mediaTypes comes before the system's table, which differs from machine to machine.
var mediaTypes = map[string]string{
	".css": "text/css", ".csv": "text/csv", ".htm": "text/html", ".html": "text/html", ".ics": "text/calendar",
	".js": "text/javascript", ".mjs": "text/javascript", ".md": "text/markdown", ".txt": "text/plain", ".vtt": "text/vtt", ".vcf": "text/x-vcard",
	".json": "application/json", ".map": "application/json", ".webmanifest": "application/manifest+json", ".xml": "text/xml", ".pdf": "application/pdf",
	".zip": "application/zip", ".tar": "application/x-tar", ".wasm": "application/wasm", ".doc": "application/msword",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xls": "application/vnd.ms-excel",
	".avif": "image/avif", ".bmp": "image/bmp", ".gif": "image/gif", ".ico": "image/vnd.microsoft.icon", ".jpg": "image/jpeg", ".jpeg": "image/jpeg",
	".png": "image/png", ".svg": "image/svg+xml", ".tif": "image/tiff", ".tiff": "image/tiff", ".webp": "image/webp",
	".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".ogg": "audio/ogg", ".opus": "audio/opus", ".wav": "audio/x-wav", ".weba": "audio/webm",
	".mp4": "video/mp4", ".mov": "video/quicktime", ".webm": "video/webm", ".avi": "video/x-msvideo", ".mpeg": "video/mpeg",
	".otf": "font/otf", ".ttf": "font/ttf", ".woff": "font/woff", ".woff2": "font/woff2",
}
