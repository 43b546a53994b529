# Makes data.csv and fits.csv in r-pooled/ of the folder it runs in: Rscript make.R
# R 4.2.2, metafor 3.8-1, lme4 1.1-31. Random sets of 6, 12 or 25 reports, some of few patients.
# metafor stops lme4's search early; the columns of glmer are from the same model, searched longer.
library(metafor); library(lme4)
set.seed(20261127)
dat <- NULL; out <- NULL
for (s in 1:24) {
  k <- sample(c(6,12,25),1); n <- if (s %% 3==0) pmax(1,rpois(k,1)) else sample(1:20,k,TRUE)
  mu <- runif(1,-1,2.5); tau <- sample(c(0,.5,1,2),1)
  x <- rbinom(k,n,plogis(mu+tau*rnorm(k)))
  if (sum(x) %in% c(0,sum(n))) next
  r <- suppressWarnings(rma.glmm(measure="PLO", xi=x, ni=n, nAGQ=25))
  g <- suppressMessages(suppressWarnings(glmer(cbind(x,n-x)~1+(1|id), data=data.frame(x,n,id=factor(1:k)), family=binomial, nAGQ=25, control=glmerControl(optimizer="bobyqa", optCtrl=list(rhoend=1e-10, maxfun=1e5)))))
  dat <- rbind(dat, data.frame(set=s, report=paste0("r",1:k), x=x, n=n))
  out <- rbind(out, data.frame(set=s, beta=as.numeric(r$beta), se=r$se, tau2=r$tau2, lower=plogis(r$ci.lb), upper=plogis(r$ci.ub), glmer_beta=as.numeric(fixef(g)), glmer_se=as.numeric(sqrt(diag(as.matrix(vcov(g))))), glmer_tau=as.numeric(attr(VarCorr(g)$id,"stddev"))))
}
dir.create("r-pooled",showWarnings=FALSE)
for (j in 2:ncol(out)) out[,j] <- sprintf("%.12g", out[,j])
write.csv(dat,"r-pooled/data.csv",row.names=FALSE,quote=FALSE); write.csv(out,"r-pooled/fits.csv",row.names=FALSE,quote=FALSE)
print(out)
