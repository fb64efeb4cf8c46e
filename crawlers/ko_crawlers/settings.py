"""Scrapy settings for every spider: polite, archiving, and never writing beside the code."""

SPIDER_MODULES = ["ko_crawlers.spiders"]

# There is no switch for this: ko_crawlers.politeness refuses to start without it.
ROBOTSTXT_OBEY = True
CONTACT = ""
"""An e-mail address or page that a site's owner can turn to; required away from loopback."""

DOWNLOAD_DELAY = 1.0  # seconds between two requests to one site, the least that is allowed
DOWNLOAD_DELAY_JITTER = 0.0  # a jitter would make some of the pauses shorter than that
CONCURRENT_REQUESTS = 16  # over all sites
CONCURRENT_REQUESTS_PER_DOMAIN = 1
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1.0
AUTOTHROTTLE_MAX_DELAY = 60.0
DOWNLOAD_TIMEOUT = 60  # seconds
DOWNLOAD_MAXSIZE = 32 * 1024 * 1024  # bytes; a longer body is no page
RETRY_TIMES = 2

# What is asked for, in which order, and how far it is: on disk, so that a kill loses nothing.
SCHEDULER = "ko_crawlers.scheduler.FrontierScheduler"

# The bodies are archived as they come over the wire: ask only for what every WARC reader undoes.
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "ko,en;q=0.3",
    "Accept-Encoding": "gzip, deflate",
}
COOKIES_ENABLED = False

DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "ko_crawlers.politeness.StayOnHosts": 50,
    "ko_crawlers.robots.Robots": 100,
    "ko_crawlers.pauses.RetryAfter": 990,
    # Nearest to the network: it sees every response before it is unpacked or redirected.
    "ko_crawlers.archive.Archive": 1000,
}

TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
FEED_EXPORT_ENCODING = "utf-8"
LOG_LEVEL = "INFO"
LOGSTATS_INTERVAL = 10.0  # seconds
